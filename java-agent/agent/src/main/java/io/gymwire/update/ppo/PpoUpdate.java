// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.Vectors;
import io.gymwire.policy.Adam;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.settings.Settings;
import io.gymwire.update.Advantages;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.Surrogate;
import io.gymwire.update.UpdateSettings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * One update of proximal policy optimisation (Schulman et al. 2017, arXiv:1707.06347, algorithm 1):
 *
 * <pre>
 *   for each pass over the batch, in a new order:
 *     for each minibatch:
 *       g = gradient of the loss at theta            {@link MinibatchLoss}
 *       g = g min(1, G / |g|)                        Pascanu et al. 2013, arXiv:1211.5063
 *       theta = Adam's step against g                {@link Adam}
 *     with clipping: no further pass if the pass's mean KL(old || theta) &gt; 1.5 K
 *   with the penalty (section 4):
 *     beta = beta / 2 if KL(old || new) &lt; K / 1.5; beta = 2 beta if KL(old || new) &gt; 1.5 K
 * </pre>
 *
 * <p>G is {@code --max-grad-norm}, and K is {@code --target-kl}. beta, the coefficient of the penalty, begins with
 * {@code --kl-penalty}. N, P, w and A are as in {@link Surrogate}. Not all implementations compare the same KL
 * divergence with 1.5 K. Spinning Up makes each step with the whole batch, and compares the divergence before each
 * step. Stable-Baselines3 1.0 compares the mean over a pass, like this class; later versions compare the divergence of
 * each minibatch. All these implementations estimate the divergence from the probabilities of the samples' actions.
 * This class computes the divergence exactly.
 *
 * <p>Advantages are normalised over the batch ({@link Advantages}). Adam's moments continue from update to update.
 * Adam's step size is annealed and the clip range is not, as in OpenAI Baselines for MuJoCo; the paper anneals both for
 * Atari. Parameters with a range, such as log sigma, are moved back into their range after each step
 * ({@link Policy#project}). Clipped actions, action masks and products of distributions need no code in an update: the
 * policy handles them.
 */
public final class PpoUpdate implements PolicyUpdate {

    /** The divergence is too large or too small if it differs from the target by more than this factor. */
    public static final double TOLERANCE = 1.5;
    /**
     * Beta stays between its initial value divided by this number and its initial value multiplied by it. So beta
     * becomes neither 0 nor infinite.
     */
    private static final double GREATEST_CHANGE = 1e6;

    /** beta's name in the {@link #state}. */
    public static final String PENALTY = "kl_penalty";

    private final Policy policy;
    private final Settings settings;
    private final PassListener listener;
    private final Surrogate surrogate;
    private final MinibatchLoss.Shape shape;
    private final Adam adam;
    private final double[] steps = new double[1]; // the number of Adam's steps
    private final double[] beta; // [1]
    private final double[] gradient; // [P]
    private MinibatchLoss loss;
    private double[] advantages = new double[0]; // A [N]
    private double[] weighted = new double[0]; // the products w_i A_i [N]
    private int[] order = new int[0]; // [N]

    /** Creates the update of a policy, with the {@link PpoSettings}. */
    public PpoUpdate(Policy policy, Settings settings) {
        this(policy, settings, PassListener.NONE);
    }

    /** Creates the update of a policy, with a listener that follows every update. */
    public PpoUpdate(Policy policy, Settings settings, PassListener listener) {
        this.policy = policy;
        this.settings = settings;
        this.listener = listener;
        double entropyCoefficient = settings.get(UpdateSettings.ENTROPY);
        double penalty = settings.get(PpoSettings.KL_PENALTY);
        this.surrogate = new Surrogate(policy, entropyCoefficient);
        this.shape = new MinibatchLoss.Shape(settings.get(PpoSettings.CLIP_RANGE), entropyCoefficient, penalty > 0);
        this.adam = new Adam(policy.parameterCount(), settings.get(PpoSettings.LEARNING_RATE));
        this.beta = new double[] {penalty};
        this.gradient = new double[policy.parameterCount()];
        this.loss = new MinibatchLoss(policy, shape, 1);
    }

    /** Adam's moments and the number of its steps, and beta. */
    @Override
    public Map<String, double[]> state() {
        Map<String, double[]> state = new LinkedHashMap<>();
        state.put("adam.first_moment", adam.firstMoment());
        state.put("adam.second_moment", adam.secondMoment());
        state.put("adam.steps", steps);
        state.put(PENALTY, beta);
        return state;
    }

    @Override
    public PpoReport update(double[] theta, Batch batch, double annealed, RandomStream random) {
        adam.setSteps((long) steps[0]);
        adam.setLearningRate(settings.get(PpoSettings.LEARNING_RATE) * annealed);
        if (!Vectors.isFinite(batch.advantages())) {
            Surrogate.Point unknown = new Surrogate.Point(Double.NaN, 0, Double.NaN);
            return unchanged(unknown, "an advantage is not finite");
        }
        boolean differ = begin(theta, batch);
        Surrogate.Point before = surrogate.atOldTheta();
        if (!differ && shape.entropyCoefficient() == 0) {
            return unchanged(before, Advantages.EQUAL);
        }
        listener.begins(surrogate, advantages);
        double[] firstMoment = adam.firstMoment().clone();
        double[] secondMoment = adam.secondMoment().clone();
        PpoReport.Passes passes = pass(theta, random);
        if (passes == null) {
            System.arraycopy(surrogate.oldTheta(), 0, theta, 0, theta.length);
            System.arraycopy(firstMoment, 0, adam.firstMoment(), 0, theta.length);
            System.arraycopy(secondMoment, 0, adam.secondMoment(), 0, theta.length);
            return unchanged(before, "the gradient of a minibatch is not finite");
        }
        steps[0] = adam.steps();
        Surrogate.Point after = surrogate.at(theta);
        if (shape.penalised()) {
            adapt(after.divergence());
        }
        return new PpoReport(before, after, passes, adam.learningRate(), Optional.empty());
    }

    /** Normalises the advantages and runs the old policy on the batch; returns false if all advantages are equal. */
    private boolean begin(double[] theta, Batch batch) {
        int rows = batch.size();
        if (advantages.length != rows) {
            advantages = new double[rows];
            weighted = new double[rows];
            order = new int[rows];
        }
        int most = Math.min(rows, settings.get(PpoSettings.MINIBATCH));
        if (loss.most() != most) {
            loss = new MinibatchLoss(policy, shape, most);
        }
        System.arraycopy(batch.advantages(), 0, advantages, 0, rows);
        boolean differ = Advantages.normalize(advantages);
        for (int i = 0; i < rows; i++) {
            weighted[i] = batch.weights()[i] * advantages[i];
        }
        surrogate.prepare(theta, batch.observations(), batch.actions(), weighted);
        loss.prepare(batch, advantages, surrogate);
        return differ;
    }

    /** Makes the passes over the batch; returns null if a gradient is not finite. */
    private PpoReport.Passes pass(double[] theta, RandomStream random) {
        int rows = order.length;
        Arrays.setAll(order, i -> i);
        int epochs = 0;
        int minibatches = 0;
        double surrogateSum = 0;
        double norms = 0;
        long clipped = 0;
        double divergence = 0;
        boolean near = true;
        while (epochs < settings.get(PpoSettings.EPOCHS) && near) {
            random.shuffle(order, (long) epochs * rows);
            divergence = 0;
            for (int from = 0; from < rows; from += loss.most()) {
                MinibatchLoss.Rows some = new MinibatchLoss.Rows(order, from, Math.min(rows, from + loss.most()));
                MinibatchLoss.Sums sums = loss.differentiate(theta, some, beta[0], gradient);
                double norm = Vectors.norm(gradient);
                if (!Double.isFinite(norm)) {
                    return null;
                }
                descend(theta, norm);
                minibatches++;
                surrogateSum += sums.surrogate() / some.count();
                norms += norm;
                clipped += sums.clipped();
                divergence += sums.divergence() / rows;
                listener.stepped(theta, -sums.surrogate() / some.count(), norm);
            }
            epochs++;
            listener.passed(theta, divergence);
            near = shape.penalised() || divergence <= TOLERANCE * settings.get(PpoSettings.TARGET_KL);
        }
        PpoReport.Method method = new PpoReport.Method(
                shape.penalised() ? Double.NaN : (double) clipped / rows / epochs,
                shape.penalised() ? beta[0] : Double.NaN);
        return new PpoReport.Passes(epochs, -surrogateSum / minibatches, divergence, norms / minibatches, method);
    }

    /** Scales the gradient down if its norm is too large, and then takes Adam's step. */
    private void descend(double[] theta, double norm) {
        double most = settings.get(PpoSettings.MAX_GRADIENT_NORM);
        if (norm > most) {
            double factor = most / norm;
            for (int i = 0; i < gradient.length; i++) {
                gradient[i] *= factor;
            }
        }
        adam.step(theta, gradient);
        policy.project(theta);
    }

    /** Adapts beta to the divergence of the whole update. */
    private void adapt(double divergence) {
        double target = settings.get(PpoSettings.TARGET_KL);
        double initial = settings.get(PpoSettings.KL_PENALTY);
        if (divergence < target / TOLERANCE) {
            beta[0] = Math.max(beta[0] / 2, initial / GREATEST_CHANGE);
        } else if (divergence > target * TOLERANCE) {
            beta[0] = Math.min(beta[0] * 2, initial * GREATEST_CHANGE);
        }
    }

    private PpoReport unchanged(Surrogate.Point point, String why) {
        return new PpoReport(point, point, PpoReport.Passes.NONE, adam.learningRate(), Optional.of(why));
    }
}
