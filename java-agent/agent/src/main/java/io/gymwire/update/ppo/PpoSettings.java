// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import io.gymwire.settings.Range;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;

/**
 * Settings of proximal policy optimisation. "The paper" is Schulman et al. 2017 (arXiv:1707.06347).
 *
 * <p>The usual CLIP_RANGE is 0.1 to 0.3. The usual LEARNING_RATE is 1e-4 to 1e-3. The usual number of EPOCHS is 3 to
 * 20, fewer with a larger LEARNING_RATE. The usual TARGET_KL is 0.01 to 0.05.
 */
public final class PpoSettings {

    public static final SettingGroup GROUP = new SettingGroup("PPO");

    /** beta, the coefficient of the KL penalty, at the start. With 0, the surrogate is clipped instead. */
    public static final Setting<Double> KL_PENALTY = GROUP.real("kl-penalty", "B")
            .text("Initial coefficient of an adaptive KL penalty, which replaces clipping")
            .in(Range.atLeast(0))
            .more("The paper's penalty begins with 1.")
            .fixedOnResume()
            .orElse("0", ": clipping");

    /** epsilon, the clip range. */
    public static final Setting<Double> CLIP_RANGE = GROUP.real("clip-range", "E")
            .text("Clips the probability ratio to [1 - E, 1 + E]")
            .in(Range.above(0))
            .onlyIf((task, settings) -> settings.get(KL_PENALTY) == 0, "--kl-penalty replaces clipping")
            .orElse("0.2", "from the paper");

    /** The target for an update's mean KL divergence, in nats; d_targ in the paper. */
    public static final Setting<Double> TARGET_KL = GROUP.real("target-kl", "K")
            .text("Target for an update's mean KL divergence, in nats: no pass follows a pass with a mean KL"
                    + " divergence above 1.5 K; with --kl-penalty, the penalty adapts to the target instead")
            .in(Range.above(0))
            .more("With a large value such as 1000, all passes are made, as in the paper.")
            .orElse("0.01", "as in Spinning Up; for the penalty, the best value in the paper");

    /** The maximum number of passes over each batch. */
    public static final Setting<Integer> EPOCHS = GROUP.integer("policy-epochs", "K")
            .text("Maximum number of passes of the policy over each batch")
            .in(Range.atLeast(1))
            .orElse("10", "from the paper");

    /** The number of samples in a minibatch. The last minibatch of a pass can be smaller. */
    public static final Setting<Integer> MINIBATCH = GROUP.integer("policy-batch", "N")
            .text("Number of samples for one step of the policy's optimiser")
            .in(Range.atLeast(1))
            .orElse("64", "from the paper");

    /** Adam's step size at the start. */
    public static final Setting<Double> LEARNING_RATE = GROUP.real("policy-lr", "A")
            .text("Step size of the policy's optimiser, Adam, at the start")
            .in(Range.above(0))
            .orElse("3e-4", "from the paper");

    /** The maximum norm of a minibatch's gradient. */
    public static final Setting<Double> MAX_GRADIENT_NORM = GROUP.real("max-grad-norm", "G")
            .text("Maximum norm of a gradient of the policy; a longer gradient is scaled down")
            .in(Range.above(0))
            .orElse("0.5", "as in OpenAI Baselines, where the norm includes the critic's gradient");

    private PpoSettings() {}
}
