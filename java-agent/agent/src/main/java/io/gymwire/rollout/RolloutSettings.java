// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.settings.Range;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;

/** Settings for the data that an update uses: environments, batches, advantages. */
public final class RolloutSettings {

    public static final SettingGroup GROUP = new SettingGroup("Batches and advantages");

    /**
     * The largest batch that a user can choose. With {@code --reuse}, an update uses several rollouts, and this number
     * limits the sum of their steps. The arrays of an update have one row for each step. A row is an observation, or
     * the units of a layer. A Java array has room for MAX_BATCH rows with up to 2,147 numbers each. TRPO does not
     * profit from batches of this size.
     */
    public static final int MAX_BATCH = 1_000_000;

    /** The number of environments. Another number gives another result. */
    public static final Setting<Integer> ENVS = GROUP.integer("envs", "E")
            .text("Number of environments")
            .in(Range.atLeast(1))
            .more("Few environments give long segments; many environments are faster. The number changes the result.")
            .fixedOnResume()
            .orElse("8");

    /** Environment steps of one iteration, summed over all environments; a multiple of ENVS. */
    public static final Setting<Integer> BATCH = GROUP.integer("batch", "N")
            .text("Environment steps of one iteration, a multiple of E")
            .in(Range.of(1, MAX_BATCH))
            .fixedOnResume()
            .orElse("2048", "as in Stable-Baselines3's zoo");

    /** The number of rollouts that an update learns from: the rollout of its iteration and the rollouts before it. */
    public static final Setting<Integer> REUSE = GROUP.integer("reuse", "K")
            .text("Number of the newest rollouts that an update learns from")
            .in(Range.atLeast(1))
            .fixedOnResume()
            .orElse("1", ": on-policy");

    /** The policy that draws the actions of a batch is older than the current policy by this number of updates. */
    public static final Setting<Integer> LAG = GROUP.integer("lag", "0|1")
            .text("With 1 the next batch is collected by the old policy while the update runs")
            .in(Range.of(0, 1))
            .more("Its samples are weighted like old samples with --reuse. Saves time if simulators leave cores idle.")
            .fixedOnResume()
            .orElse("0", ": on-policy");

    /** Discount per step. */
    public static final Setting<Double> GAMMA = GROUP.real("gamma", "G")
            .text("Discount per step")
            .in(Range.of(0, 1).withoutLeast())
            .orElse("0.99", "usual for MuJoCo");

    /** Lambda of generalised advantage estimation. */
    public static final Setting<Double> LAMBDA = GROUP.real("lambda", "L")
            .text("Generalised advantage estimation: 1 uses the rewards as much as possible; 0 uses the critic as much"
                    + " as possible")
            .in(Range.of(0, 1))
            .orElse("0.95", "from Schulman et al. 2016");

    private RolloutSettings() {}
}
