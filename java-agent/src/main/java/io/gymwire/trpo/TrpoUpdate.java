// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.trpo;

import io.gymwire.linalg.Vectors;
import io.gymwire.policy.Mlp;
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
    private Times times = new Times(0, 0, 0);

    /** How long the parts of one update took, in seconds; 0 for a part that it did not come to. */
    public record Times(double gradientSeconds, double solutionSeconds, double searchSeconds) {}

    /** Updates of one policy. */
    public TrpoUpdate(Policy policy, TrpoConfig config) {
        this.policy = policy;
        this.config = config;
    }

    /**
     * Improves a policy on one batch.
     *
     * @param theta [P]: theta_old; modified only when the outcome is IMPROVED
     * @param batch transitions under theta_old; not modified
     */
    public UpdateReport update(double[] theta, Batch batch) {
        long begin = System.nanoTime();
        times = new Times(0, 0, 0);
        double explained = explainedVariance(batch.values(), batch.returns());
        double[] advantages = batch.advantages().clone();
        if (!Vectors.isFinite(advantages)) {
            return unchanged(Outcome.NOT_FINITE, null, Double.NaN, new double[0], explained);
        }
        boolean differ = Advantages.normalize(advantages);
        Surrogate surrogate = new Surrogate(
                policy, theta, batch.observations(), batch.actions(), advantages, config.entropyCoefficient());
        Surrogate.Point start = surrogate.at(theta);
        if (!differ && config.entropyCoefficient() == 0) {
            return unchanged(Outcome.CONSTANT_ADVANTAGES, start, 0, new double[0], explained);
        }

        double[] g = new double[theta.length];
        surrogate.gradient(g);
        double gradientNorm = Vectors.norm(g);
        if (gradientNorm == 0 || !Double.isFinite(gradientNorm)) {
            Outcome outcome = gradientNorm == 0 ? Outcome.ZERO_GRADIENT : Outcome.NOT_FINITE;
            return unchanged(outcome, start, gradientNorm, new double[0], explained);
        }

        long differentiated = System.nanoTime();
        int stride = config.fimSubsample();
        Mlp.Activations states = stride == 1
                ? surrogate.oldActivations()
                : FisherVectorProduct.activationsOfEvery(stride, policy, surrogate.oldTheta(), batch.observations());
        var fisher = new FisherVectorProduct(policy, surrogate.oldTheta(), states, config.cgDamping());
        double[] x = new double[theta.length];
        ConjugateGradient.Result cg =
                ConjugateGradient.solve(fisher, g, config.cgIterations(), config.cgTolerance(), x);
        double beta = Math.sqrt(2 * config.delta() / cg.quadraticForm());
        if (!(beta > 0) || !Double.isFinite(beta) || !Vectors.isFinite(x)) {
            return unchanged(Outcome.NOT_FINITE, start, gradientNorm, cg.residualNorms(), explained);
        }

        long solved = System.nanoTime();
        double[] step = new double[theta.length];
        for (int i = 0; i < step.length; i++) {
            step[i] = beta * x[i];
        }
        LineSearch.Result found = LineSearch.search(policy, surrogate, start, step, g, config, theta);
        times = new Times(
                (differentiated - begin) / 1e9, (solved - differentiated) / 1e9, (System.nanoTime() - solved) / 1e9);
        return new UpdateReport(
                found.accepted() ? Outcome.IMPROVED : Outcome.LINE_SEARCH_FAILED,
                start.surrogate(),
                found.point().surrogate(),
                found.expectedGain(),
                config.delta(),
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
            Outcome outcome, Surrogate.Point start, double gradientNorm, double[] cgResiduals, double explained) {
        double surrogate = start == null ? Double.NaN : start.surrogate();
        double entropy = start == null ? Double.NaN : start.entropy();
        return new UpdateReport(
                outcome,
                surrogate,
                surrogate,
                0,
                config.delta(),
                0,
                entropy,
                gradientNorm,
                0,
                0,
                0,
                cgResiduals,
                explained);
    }

    /** 1 - Var(returns - values) / Var(returns). */
    static double explainedVariance(double[] values, double[] returns) {
        double total = Vectors.variance(returns);
        double[] error = new double[returns.length];
        for (int i = 0; i < error.length; i++) {
            error[i] = returns[i] - values[i];
        }
        return total == 0 ? Double.NaN : 1 - Vectors.variance(error) / total;
    }
}
