// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.rollout.VineSettings;
import io.gymwire.settings.Settings;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.natural.UpdateReport.Outcome;

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
public final class TrpoUpdate implements PolicyUpdate {

    private final Policy policy;
    private final Settings settings;
    private final Surrogate surrogate;
    private final FisherVectorProduct fisher;
    private final LineSearch lineSearch;
    private final boolean entropyCounts;
    private final double[] g; // [P]
    private final double[] x; // [P]
    private final double[] step; // [P]

    /** Updates of one policy, with the {@link TrustRegionSettings}. */
    public TrpoUpdate(Policy policy, Settings settings) {
        this.policy = policy;
        this.settings = settings;
        this.surrogate =
                Surrogate.of(settings.get(VineSettings.SAMPLING), policy, settings.get(TrustRegionSettings.ENTROPY));
        this.fisher = new FisherVectorProduct(policy, settings.get(TrustRegionSettings.CG_DAMPING));
        this.lineSearch = new LineSearch(policy, surrogate, settings);
        this.entropyCounts = settings.get(TrustRegionSettings.ENTROPY) > 0;
        this.g = new double[policy.parameterCount()];
        this.x = new double[policy.parameterCount()];
        this.step = new double[policy.parameterCount()];
    }

    /** Improves a policy on one batch, within the trust region of the settings. */
    public UpdateReport update(double[] theta, Batch batch) {
        return update(theta, batch, 1);
    }

    /**
     * Improves a policy on one batch.
     *
     * @param theta [P]: theta_old; modified only when the outcome is IMPROVED
     * @param batch transitions under theta_old, or weighed as if they were; not modified
     * @param annealed factor on the settings' delta, in (0, 1]
     */
    @Override
    public UpdateReport update(double[] theta, Batch batch, double annealed) {
        long begin = System.nanoTime();
        double delta = settings.get(TrustRegionSettings.DELTA) * annealed;
        UpdateReport report = new UpdateReport(delta);
        if (!batch.isFinite()) {
            return report.unchanged(Outcome.NOT_FINITE);
        }
        boolean differ = surrogate.around(theta, batch);
        Surrogate.Point start = surrogate.atOldTheta();
        report.start(start);
        report.gradient(0);
        if (!differ && !entropyCounts) {
            return report.unchanged(Outcome.CONSTANT_ADVANTAGES);
        }

        surrogate.gradient(g);
        double gradientNorm = Vectors.norm(g);
        report.gradient(gradientNorm);
        if (gradientNorm == 0 || !Double.isFinite(gradientNorm)) {
            return report.unchanged(gradientNorm == 0 ? Outcome.ZERO_GRADIENT : Outcome.NOT_FINITE);
        }

        long differentiated = System.nanoTime();
        fisher.at(surrogate.oldTheta(), states(batch));
        ConjugateGradient.Result solution = ConjugateGradient.solve(
                fisher,
                g,
                settings.get(TrustRegionSettings.CG_ITERATIONS),
                settings.get(TrustRegionSettings.CG_TOLERANCE),
                x);
        double beta = Math.sqrt(2 * delta / solution.quadraticForm());
        report.solution(solution, beta);
        if (!(beta > 0) || !Double.isFinite(beta) || !Vectors.isFinite(x)) {
            return report.unchanged(Outcome.NOT_FINITE);
        }

        long solved = System.nanoTime();
        for (int i = 0; i < step.length; i++) {
            step[i] = beta * x[i];
        }
        report.search(lineSearch.search(start, step, g, delta, theta), Vectors.norm(step));
        report.times(new UpdateReport.Times(
                (differentiated - begin) / 1e9, (solved - differentiated) / 1e9, (System.nanoTime() - solved) / 1e9));
        return report;
    }

    /** Forward passes at theta_old over the states that F is the mean over. */
    private Activations states(Batch batch) {
        int stride = settings.get(TrustRegionSettings.FIM_SUBSAMPLE);
        if (stride == 1) {
            return surrogate.oldActivations();
        }
        int[] sample = StateSample.every(stride, batch.size(), settings.get(RolloutSettings.ENVS));
        return FisherVectorProduct.activationsOf(sample, policy, surrogate.oldTheta(), batch.observations());
    }
}
