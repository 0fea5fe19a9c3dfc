// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.linalg.Vectors;
import io.gymwire.policy.Policy;
import io.gymwire.settings.Settings;
import io.gymwire.update.Surrogate;

/**
 * One update of trust region policy optimisation (Schulman et al. 2015, arXiv:1502.05477, section 6 and appendix C):
 *
 * <pre>
 *   maximise L(theta)  subject to  KL(theta) = mean_s KL(pi_old(.|s) || pi_theta(.|s)) &lt;= delta
 *
 *   theta_new = theta_old + shrink^j beta x          {@link NaturalUpdate}, {@link LineSearch}
 * </pre>
 *
 * <p>For each j, parameters with a range are first moved back into their range ({@link Policy#project}). Then the line
 * search computes the surrogate and the KL at the new parameters. It accepts the step if the surrogate improves enough
 * and the KL is within the bound. If it accepts no step, the old parameters stay, bit for bit.
 */
public final class TrpoUpdate extends NaturalUpdate {

    private final LineSearch lineSearch;

    /** Creates the update of a policy, with the {@link TrustRegionSettings}. */
    public TrpoUpdate(Policy policy, Settings settings) {
        this(policy, settings, UpdateListener.NONE);
    }

    /** Creates the update of a policy, with a listener that follows every update. */
    public TrpoUpdate(Policy policy, Settings settings, UpdateListener listener) {
        super(policy, settings, listener);
        this.lineSearch = new LineSearch(policy, surrogate(), settings, listener);
    }

    @Override
    UpdateReport newReport(double delta) {
        return new UpdateReport(delta, true);
    }

    @Override
    void take(Step step, Surrogate.Point start, double[] theta, UpdateReport report) {
        report.search(lineSearch.search(start, step, theta), Vectors.norm(step.vector()));
    }
}
