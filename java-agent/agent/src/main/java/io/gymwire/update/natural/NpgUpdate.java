// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.linalg.Vectors;
import io.gymwire.policy.Policy;
import io.gymwire.settings.Settings;
import io.gymwire.update.Surrogate;

/**
 * One step of the natural policy gradient (Kakade 2001) with a normalised length (Rajeswaran et al. 2017,
 * arXiv:1703.02660):
 *
 * <pre>
 *   theta_new = theta_old + sqrt(2 delta / x'(F + damping I) x) x
 * </pre>
 *
 * <p>{@link NaturalUpdate} explains the symbols. The step is the full step of {@link TrpoUpdate}, before the line
 * search. Whenever {@link NaturalUpdate} finds a finite step, this update takes it. Parameters with a range are then
 * moved back into their range ({@link Policy#project}). The update reports KL(old || new) and the change of the
 * surrogate L, but checks neither of them.
 */
public final class NpgUpdate extends NaturalUpdate {

    private final Policy policy;

    /**
     * Creates the update of a policy, with the {@link TrustRegionSettings}. The update does not use the settings of the
     * line search.
     */
    public NpgUpdate(Policy policy, Settings settings) {
        this(policy, settings, UpdateListener.NONE);
    }

    /** Creates the update of a policy, with a listener that follows every update. */
    public NpgUpdate(Policy policy, Settings settings, UpdateListener listener) {
        super(policy, settings, listener);
        this.policy = policy;
    }

    @Override
    UpdateReport newReport(double delta) {
        return new UpdateReport(delta, false);
    }

    @Override
    void take(Step step, Surrogate.Point start, double[] theta, UpdateReport report) {
        double[] oldTheta = surrogate().oldTheta();
        for (int i = 0; i < theta.length; i++) {
            theta[i] = oldTheta[i] + step.vector()[i];
        }
        policy.project(theta);
        report.fullStep(surrogate().at(theta), step.predictedGain(oldTheta, theta), Vectors.norm(step.vector()));
    }
}
