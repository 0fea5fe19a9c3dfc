// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.trpo;

import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.policy.Policy;
import io.gymwire.trpo.UpdateReport.Outcome;

/**
 * One step of trust region policy optimisation (Schulman et al. 2015, arXiv:1502.05477, section 6 and appendix C):
 *
 * <pre>
 *   maximise L(theta)  subject to  KL(theta) = mean_s KL(pi_old(.|s) || pi_theta(.|s)) &lt;= delta
 *
 *   g    = dL/dtheta at theta_old                    {@link Surrogate#gradient}
 *   F    = d2 KL/dtheta2 at theta_old                {@link FisherVectorProduct}
 *   x    ~ (F + damping I)^-1 g                      {@link ConjugateGradient}
 *   beta = sqrt(2 delta / x'(F + damping I) x)       the step's length at which the quadratic model reaches delta
 *   theta_new = theta_old + shrink^j beta x          {@link LineSearch}
 * </pre>
 *
 * <p>The old parameters stay, bit for bit, unless the surrogate really improves and the KL bound really holds.
 */
public final class TrpoUpdate {

    private final Policy policy;
    private final TrpoConfig config;
    private final Surrogate surrogate;
    private final FisherVectorProduct fisher;
    private final double[] g; // [P]
    private final double[] x; // [P]
    private final double[] step; // [P]
    private double[] advantages = new double[0]; // [N]
    private Times times = new Times(0, 0, 0);

    /** How long the parts of one update took, in seconds; 0 for a part that it did not come to. */
    public record Times(double gradientSeconds, double solutionSeconds, double searchSeconds) {}

    /** Updates of one policy, which reuse their memory: one at a time. */
    public TrpoUpdate(Policy policy, TrpoConfig config) {
        this.policy = policy;
        this.config = config;
        this.surrogate = new Surrogate(policy, config.entropyCoefficient());
        this.fisher = new FisherVectorProduct(policy, config.cgDamping());
        this.g = new double[policy.parameterCount()];
        this.x = new double[policy.parameterCount()];
        this.step = new double[policy.parameterCount()];
    }

    /** Improves a policy on one batch, within the settings' trust region. */
    public UpdateReport update(double[] theta, Batch batch) {
        return update(theta, batch, config.delta());
    }

    /**
     * Improves a policy on one batch.
     *
     * @param theta [P]: theta_old; modified only when the outcome is IMPROVED
     * @param batch transitions under theta_old, or weighed as if they were; not modified. Advantages are normalised
     *     before they are weighed, so that rollouts reused do not shift what counts as better than average
     * @param delta bound on the mean KL divergence, in nats, instead of the settings' own
     */
    public UpdateReport update(double[] theta, Batch batch, double delta) {
        long begin = System.nanoTime();
        times = new Times(0, 0, 0);
        double explained = explainedVariance(batch.values(), batch.returns());
        if (advantages.length != batch.size()) {
            advantages = new double[batch.size()];
        }
        System.arraycopy(batch.advantages(), 0, advantages, 0, advantages.length);
        if (!Vectors.isFinite(advantages)) {
            return unchanged(Outcome.NOT_FINITE, null, delta, Double.NaN, new double[0], explained);
        }
        boolean differ = Advantages.normalize(advantages);
        for (int i = 0; i < advantages.length; i++) {
            advantages[i] *= batch.weights()[i];
        }
        surrogate.around(theta, batch.observations(), batch.actions(), advantages);
        Surrogate.Point start = surrogate.atOldTheta();
        if (!differ && config.entropyCoefficient() == 0) {
            return unchanged(Outcome.CONSTANT_ADVANTAGES, start, delta, 0, new double[0], explained);
        }

        surrogate.gradient(g);
        double gradientNorm = Vectors.norm(g);
        if (gradientNorm == 0 || !Double.isFinite(gradientNorm)) {
            Outcome outcome = gradientNorm == 0 ? Outcome.ZERO_GRADIENT : Outcome.NOT_FINITE;
            return unchanged(outcome, start, delta, gradientNorm, new double[0], explained);
        }

        long differentiated = System.nanoTime();
        int stride = config.fimSubsample();
        Activations states = stride == 1
                ? surrogate.oldActivations()
                : FisherVectorProduct.activationsOfEvery(stride, policy, surrogate.oldTheta(), batch.observations());
        fisher.at(surrogate.oldTheta(), states);
        ConjugateGradient.Result cg =
                ConjugateGradient.solve(fisher, g, config.cgIterations(), config.cgTolerance(), x);
        double beta = Math.sqrt(2 * delta / cg.quadraticForm());
        if (!(beta > 0) || !Double.isFinite(beta) || !Vectors.isFinite(x)) {
            return unchanged(Outcome.NOT_FINITE, start, delta, gradientNorm, cg.residualNorms(), explained);
        }

        long solved = System.nanoTime();
        for (int i = 0; i < step.length; i++) {
            step[i] = beta * x[i];
        }
        LineSearch.Result found = LineSearch.search(policy, surrogate, start, step, g, delta, config, theta);
        times = new Times(
                (differentiated - begin) / 1e9, (solved - differentiated) / 1e9, (System.nanoTime() - solved) / 1e9);
        return new UpdateReport(
                found.accepted() ? Outcome.IMPROVED : Outcome.LINE_SEARCH_FAILED,
                start.surrogate(),
                found.point().surrogate(),
                found.expectedGain(),
                delta,
                found.point().divergence(),
                found.point().entropy(),
                gradientNorm,
                found.stepFraction() * Vectors.norm(step),
                beta,
                found.backtracks(),
                cg.residualNorms(),
                explained);
    }

    /** How long the last update took. */
    public Times lastTimes() {
        return times;
    }

    private UpdateReport unchanged(
            Outcome outcome,
            Surrogate.Point start,
            double delta,
            double gradientNorm,
            double[] cgResiduals,
            double explained) {
        double surrogate = start == null ? Double.NaN : start.surrogate();
        double entropy = start == null ? Double.NaN : start.entropy();
        return new UpdateReport(
                outcome, surrogate, surrogate, 0, delta, 0, entropy, gradientNorm, 0, 0, 0, cgResiduals, explained);
    }

    /** 1 - Var(returns - values) / Var(returns). */
    static double explainedVariance(double[] values, double[] returns) {
        double total = Vectors.variance(returns);
        double mean = 0;
        for (int i = 0; i < returns.length; i++) {
            mean += returns[i] - values[i];
        }
        mean /= returns.length;
        double sum = 0;
        for (int i = 0; i < returns.length; i++) {
            double distance = returns[i] - values[i] - mean;
            sum += distance * distance;
        }
        return total == 0 ? Double.NaN : 1 - sum / returns.length / total;
    }
}
