// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

/**
 * Adam (Kingma and Ba 2015, arXiv:1412.6980, algorithm 1): m and v are running means of the gradient and of its
 * square. A step is theta -= alpha m_hat / (sqrt(v_hat) + epsilon), with the bias-corrected m_hat and v_hat.
 */
public final class Adam {

    private static final double BETA_1 = 0.9;
    private static final double BETA_2 = 0.999;
    /**
     * The value of PPO in OpenAI Baselines and Stable-Baselines3. With the paper's 1e-8, steps become large if
     * gradients are very small.
     */
    private static final double EPSILON = 1e-5;

    private double learningRate;
    private final double[] firstMoment;
    private final double[] secondMoment;
    private long steps;
    private double correctedStepSize; // alpha / (1 - beta_1^steps)
    private double correction2; // sqrt(1 - beta_2^steps)

    /** An optimiser of {@code parameterCount} parameters with the learning rate alpha. */
    public Adam(int parameterCount, double learningRate) {
        this.learningRate = learningRate;
        this.firstMoment = new double[parameterCount];
        this.secondMoment = new double[parameterCount];
    }

    /**
     * Takes one step against the gradient.
     *
     * @param theta the parameters; modified
     * @param gradient the gradient of the loss; not modified
     */
    public void step(double[] theta, double[] gradient) {
        advance();
        step(theta, gradient, 0, theta.length);
    }

    /** Begins a step. Then call {@link #step(double[], double[], int, int)} for each range. */
    void advance() {
        steps++;
        correction2 = Math.sqrt(1 - StrictMath.pow(BETA_2, steps));
        correctedStepSize = learningRate / (1 - StrictMath.pow(BETA_1, steps));
    }

    /** Takes the step that {@link #advance} has begun, for the parameters {@code from}, ..., {@code to - 1}. */
    void step(double[] theta, double[] gradient, int from, int to) {
        for (int i = from; i < to; i++) {
            double g = gradient[i];
            double m = BETA_1 * firstMoment[i] + (1 - BETA_1) * g;
            double v = BETA_2 * secondMoment[i] + (1 - BETA_2) * g * g;
            firstMoment[i] = m;
            secondMoment[i] = v;
            theta[i] -= correctedStepSize * m / (Math.sqrt(v) / correction2 + EPSILON);
        }
    }

    /** m, the running mean of the gradient: the array itself, not a copy. */
    public double[] firstMoment() {
        return firstMoment;
    }

    /** v, the running mean of the gradient's square: the array itself, not a copy. */
    public double[] secondMoment() {
        return secondMoment;
    }

    /** The number of steps taken. */
    public long steps() {
        return steps;
    }

    /** The learning rate alpha. */
    public double learningRate() {
        return learningRate;
    }

    /** Sets the learning rate of the following steps. */
    public void setLearningRate(double learningRate) {
        this.learningRate = learningRate;
    }

    /** Sets the number of steps taken, for example to the number in a checkpoint. */
    public void setSteps(long steps) {
        this.steps = steps;
    }
}
