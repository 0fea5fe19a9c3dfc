// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.settings.Range;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;

/**
 * Settings of updates along the natural gradient, and of the line search. "The paper" is Schulman et al. 2015
 * (arXiv:1502.05477).
 *
 * <p>The usual DELTA is 0.01 to 0.05; with a larger DELTA, the policy learns faster, but the training fails more
 * easily. The usual CG_ITERATIONS is 10, as in the paper; with fewer than 5, the direction is hardly better than the
 * gradient. The usual CG_DAMPING is 0.1; raise it in proportion to DELTA. The usual LINE_SEARCH_STEPS is 10 to 15, and
 * LINE_SEARCH_SHRINK 0.5 to 0.8. The usual FIM_SUBSAMPLE is 1 for batches below 5,000 samples; the paper used a tenth
 * of the samples if a batch had 50,000.
 */
public final class TrustRegionSettings {

    public static final SettingGroup GROUP = new SettingGroup("Trust region (TRPO and NPG)");

    public static final SettingGroup LINE_SEARCH = new SettingGroup("Line search (TRPO)");

    /**
     * Bound on the mean KL(old || new) at the start of the run, in nats. The setting {@code --anneal} shrinks the
     * bound. TRPO and NPG compute the length of the full step from the bound: at the full step, the quadratic model of
     * the KL divergence, with damping, is equal to the bound. Only TRPO also checks the KL divergence itself.
     */
    public static final Setting<Double> DELTA = GROUP.real("delta", "D")
            .text("Trust region at the start of the run: bound on the mean KL divergence of one update in nats"
                    + " (NPG does not check it, but computes the length of its step from it)")
            .in(Range.above(0))
            .orElse("0.04", "tuned together with --anneal; the paper's 0.01 is for larger batches");

    /** The maximum number of conjugate gradient iterations; each computes one Fisher-vector product. */
    public static final Setting<Integer> CG_ITERATIONS = GROUP.integer("cg-iterations", "K")
            .text("Maximum number of conjugate gradient iterations")
            .in(Range.of(1, 10_000))
            .orElse("10", "from the paper");

    /** Conjugate gradient stops when the residual's norm is at most this fraction of the gradient's norm. */
    public static final Setting<Double> CG_TOLERANCE = GROUP.real("cg-tolerance", "T")
            .text("Conjugate gradient stops at this relative residual")
            .in(Range.of(0, 1).withoutMost())
            .orElse("1e-6");

    /**
     * The number added to the Fisher matrix's diagonal. It keeps the step short in directions about which the batch has
     * no information.
     */
    public static final Setting<Double> CG_DAMPING = GROUP.real("cg-damping", "C")
            .text("Number added to the diagonal of the Fisher matrix")
            .in(Range.atLeast(0))
            .orElse("0.1", "as in OpenAI Baselines");

    /** The Fisher matrix is estimated from one of every n samples, equally from all environments. */
    public static final Setting<Integer> FIM_SUBSAMPLE = GROUP.integer("fim-subsample", "N")
            .text("Estimates the Fisher matrix from one of every N samples, equally from all environments")
            .in(Range.atLeast(1))
            .orElse("1");

    /**
     * The maximum number of step lengths that the line search tries. If it rejects all of them, the policy is not
     * changed.
     */
    public static final Setting<Integer> LINE_SEARCH_STEPS = LINE_SEARCH
            .integer("line-search-steps", "K")
            .text("Maximum number of step lengths that the line search tries")
            .in(Range.atLeast(1))
            .orElse("10");

    /** Factor from one step length to the next. */
    public static final Setting<Double> LINE_SEARCH_SHRINK = LINE_SEARCH
            .real("line-search-shrink", "F")
            .text("Factor from one step length to the next")
            .in(Range.of(0, 1).withoutLeast().withoutMost())
            .onlyIf(
                    (task, settings) -> settings.get(LINE_SEARCH_STEPS) > 1,
                    "--line-search-steps 1 tries only the full step")
            .orElse("0.8", "as in Spinning Up");

    /** The minimum gain, as a fraction of the gain that the gradient predicts; 0 accepts any improvement. */
    public static final Setting<Double> ACCEPT_RATIO = LINE_SEARCH
            .real("accept-ratio", "R")
            .text("Minimum gain, as a fraction of the gain that the gradient predicts")
            .in(Range.of(0, 1).withoutMost())
            .orElse("0.1", "as in Schulman's code");

    private TrustRegionSettings() {}
}
