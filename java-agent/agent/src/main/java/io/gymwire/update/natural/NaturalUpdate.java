// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Settings;
import io.gymwire.update.Advantages;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.Surrogate;
import io.gymwire.update.UpdateSettings;
import io.gymwire.update.natural.UpdateReport.Outcome;

/**
 * An update along the natural gradient. At the end of its full step, the quadratic model of the KL divergence, with
 * damping, is delta:
 *
 * <pre>
 *   g    = dL/dtheta at theta_old                    {@link Surrogate#gradient}
 *   F    = d2 KL/dtheta2 at theta_old                {@link FisherVectorProduct}
 *   x    ~ (F + damping I)^-1 g                      {@link ConjugateGradient}
 *   beta = sqrt(2 delta / x'(F + damping I) x)
 *   step = beta x
 * </pre>
 *
 * <p>A prime, as in x', marks the transpose. {@link TrpoUpdate} and {@link NpgUpdate} use this step in different ways.
 * K, N and P are as in {@link Surrogate}.
 */
public abstract class NaturalUpdate implements PolicyUpdate {

    private final Policy policy;
    private final Settings settings;
    private final Surrogate surrogate;
    private final FisherVectorProduct fisher;
    private final UpdateListener listener;
    private final boolean entropyCounts;
    private final double[] g; // [P]
    private final double[] x; // [P]
    private final double[] step; // [P]
    private double[][] advantages = {}; // [K][N]

    NaturalUpdate(Policy policy, Settings settings, UpdateListener listener) {
        this.policy = policy;
        this.listener = listener;
        this.settings = settings;
        this.surrogate = new Surrogate(policy, settings.get(UpdateSettings.ENTROPY));
        this.fisher = new FisherVectorProduct(policy, settings.get(TrustRegionSettings.CG_DAMPING));
        this.entropyCounts = settings.get(UpdateSettings.ENTROPY) > 0;
        this.g = new double[policy.parameterCount()];
        this.x = new double[policy.parameterCount()];
        this.step = new double[policy.parameterCount()];
    }

    /** An empty report for an update with this delta. */
    abstract UpdateReport newReport(double delta);

    /**
     * Takes the full step or a part of it, or leaves the parameters unchanged.
     *
     * @param start the surrogate, divergence and entropy at theta_old
     * @param report receives the result
     */
    abstract void take(Step step, Surrogate.Point start, double[] theta, UpdateReport report);

    /**
     * The full step.
     *
     * @param vector beta x [P]; not modified
     * @param gradient g [P]; not modified
     * @param delta bound on the mean KL divergence, in nats
     */
    record Step(double[] vector, double[] gradient, double delta) {

        /**
         * The gain of L that the gradient predicts for new parameters, g'(theta - theta_old). A parameter that a step
         * does not change, because it is at an end of its allowed range, adds nothing to this gain.
         */
        double predictedGain(double[] oldTheta, double[] theta) {
            double sum = 0;
            for (int i = 0; i < theta.length; i++) {
                sum = Math.fma(gradient[i], theta[i] - oldTheta[i], sum);
            }
            return sum;
        }
    }

    /** Updates the parameters with the settings' delta. */
    public UpdateReport update(double[] theta, Batch batch) {
        return update(theta, batch, 1);
    }

    /** Updates the parameters, without random numbers. */
    @Override
    public UpdateReport update(double[] theta, Batch batch, double annealed, RandomStream random) {
        return update(theta, batch, annealed);
    }

    /**
     * Updates the parameters.
     *
     * @param theta [P]; theta_old at the call, the new parameters afterwards
     * @param batch transitions collected with theta_old, or weighted as if theta_old had collected them; not modified
     * @param annealed factor on the settings' delta, in (0, 1]
     */
    public UpdateReport update(double[] theta, Batch batch, double annealed) {
        long begin = System.nanoTime();
        double delta = settings.get(TrustRegionSettings.DELTA) * annealed;
        UpdateReport report = newReport(delta);
        if (!batch.isFinite()) {
            return report.unchanged(Outcome.NOT_FINITE);
        }
        if (advantages.length != batch.actionsPerState() || advantages[0].length != batch.size()) {
            advantages = new double[batch.actionsPerState()][batch.size()];
        }
        boolean differ = Advantages.weigh(batch, advantages);
        surrogate.prepare(theta, batch, advantages);
        Surrogate.Point start = surrogate.atOldTheta();
        report.start(start);
        report.gradient(0);
        if (!differ && !entropyCounts) {
            return report.unchanged(Outcome.CONSTANT_ADVANTAGES);
        }

        surrogate.gradient(g);
        double gradientNorm = Vectors.norm(g);
        report.gradient(gradientNorm);
        listener.gradient(surrogate, g);
        if (gradientNorm == 0 || !Double.isFinite(gradientNorm)) {
            return report.unchanged(gradientNorm == 0 ? Outcome.ZERO_GRADIENT : Outcome.NOT_FINITE);
        }

        long differentiated = System.nanoTime();
        fisher.at(surrogate.oldTheta(), states(batch));
        ConjugateGradient.Result solution = ConjugateGradient.solve(
                fisher,
                g,
                new ConjugateGradient.Limits(
                        settings.get(TrustRegionSettings.CG_ITERATIONS),
                        settings.get(TrustRegionSettings.CG_TOLERANCE)),
                x,
                listener);
        double beta = Math.sqrt(2 * delta / solution.quadraticForm());
        report.solution(solution, beta);
        listener.solution(fisher, x, beta);
        if (!(beta > 0) || !Double.isFinite(beta) || !Vectors.isFinite(x)) {
            return report.unchanged(Outcome.NOT_FINITE);
        }

        long solved = System.nanoTime();
        for (int i = 0; i < step.length; i++) {
            step[i] = beta * x[i];
        }
        take(new Step(step, g, delta), start, theta, report);
        report.times(new UpdateReport.Times(
                (differentiated - begin) / 1e9, (solved - differentiated) / 1e9, (System.nanoTime() - solved) / 1e9));
        return report;
    }

    /** The object that computes L and KL for this update. It also stores theta_old, where the step begins. */
    Surrogate surrogate() {
        return surrogate;
    }

    /** The forward pass at theta_old over the states from which F is computed. */
    private Activations states(Batch batch) {
        int stride = settings.get(TrustRegionSettings.FIM_SUBSAMPLE);
        if (stride == 1) {
            return surrogate.oldActivations();
        }
        int[] sample = StateSample.every(stride, batch.size(), settings.get(RolloutSettings.ENVS));
        return FisherVectorProduct.activationsOf(sample, policy, surrogate.oldTheta(), batch.observations());
    }
}
