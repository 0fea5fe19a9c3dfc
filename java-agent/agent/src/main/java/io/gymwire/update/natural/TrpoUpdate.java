// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.linalg.Vectors;
import io.gymwire.net.Activations;
import io.gymwire.policy.Policy;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Settings;
import io.gymwire.update.Advantages;
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
    private final UpdateListener listener;
    private final boolean entropyCounts;
    private final double[] g; // [P]
    private final double[] x; // [P]
    private final double[] step; // [P]
    private double[] advantages = new double[0]; // [N]

    /** Updates of one policy, with the {@link TrustRegionSettings}. */
    public TrpoUpdate(Policy policy, Settings settings) {
        this(policy, settings, UpdateListener.NONE);
    }

    /** The same with a listener that follows every update. */
    public TrpoUpdate(Policy policy, Settings settings, UpdateListener listener) {
        this.policy = policy;
        this.settings = settings;
        this.surrogate = new Surrogate(policy, settings.get(TrustRegionSettings.ENTROPY));
        this.fisher = new FisherVectorProduct(policy, settings.get(TrustRegionSettings.CG_DAMPING));
        this.lineSearch = new LineSearch(policy, surrogate, settings, listener);
        this.listener = listener;
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
     * @param batch transitions under theta_old, or weighed as if they were; not modified. Advantages are normalised
     *     before they are weighed, so that rollouts reused do not shift what counts as better than average
     * @param annealed factor on the settings' delta, in (0, 1]
     */
    @Override
    public UpdateReport update(double[] theta, Batch batch, double annealed) {
        long begin = System.nanoTime();
        double delta = settings.get(TrustRegionSettings.DELTA) * annealed;
        UpdateReport report = new UpdateReport(delta);
        if (!Vectors.isFinite(batch.advantages())) {
            return report.unchanged(Outcome.NOT_FINITE);
        }
        boolean differ = weighAdvantages(batch);
        surrogate.around(theta, batch.observations(), batch.actions(), advantages);
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
        report.search(lineSearch.search(start, step, g, delta, theta), Vectors.norm(step));
        report.times(new UpdateReport.Times(
                (differentiated - begin) / 1e9, (solved - differentiated) / 1e9, (System.nanoTime() - solved) / 1e9));
        return report;
    }

    /** Normalises a copy of the advantages, then weighs it; returns whether the advantages differ. */
    private boolean weighAdvantages(Batch batch) {
        if (advantages.length != batch.size()) {
            advantages = new double[batch.size()];
        }
        System.arraycopy(batch.advantages(), 0, advantages, 0, advantages.length);
        boolean differ = Advantages.normalize(advantages);
        for (int i = 0; i < advantages.length; i++) {
            advantages[i] *= batch.weights()[i];
        }
        return differ;
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
