// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.settings.Range;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;
import io.gymwire.settings.Settings;
import io.gymwire.settings.Task;
import java.util.function.BiPredicate;

/** Settings of vine sampling. {@link VinePlan#of} computes the default numbers of states, actions and steps. */
public final class VineSettings {

    public static final SettingGroup GROUP = new SettingGroup("Vine sampling");

    /** The way to estimate the values of actions. */
    public static final Setting<Sampling> SAMPLING = GROUP.choice("sampling", "NAME", Sampling.class)
            .text("How the values of actions are estimated: from trajectories, or from branches that begin in"
                    + " restored states of the trajectories")
            .fixedOnResume()
            .orElse("path", "; vine: Schulman et al. 2015, section 5.2");

    private static final BiPredicate<Task, Settings> HAS_BRANCHES =
            (task, settings) -> settings.get(SAMPLING) == Sampling.VINE;
    private static final String REASON = "without --sampling vine there are no branches";

    /** The number of states from which branches start, in each iteration. */
    public static final Setting<Integer> STATES = GROUP.integer("vine-states", "N")
            .text("Number of states from which branches start, in each iteration")
            .in(Range.of(1, RolloutSettings.MAX_BATCH))
            .onlyIf(HAS_BRANCHES, REASON)
            .fixedOnResume()
            .orElseDerived("as many as fit into half of --batch, but at least 1");

    /** The number of actions that are tried in each state from which branches start. */
    public static final Setting<Integer> ACTIONS = GROUP.integer("vine-actions", "K")
            .text("Number of actions that are tried in each state from which branches start")
            .in(Range.of(2, RolloutSettings.MAX_BATCH))
            .more("If a Discrete action has K choices and K is at most " + VinePlan.MOST_CHOICES
                    + ", each choice is tried once; otherwise K actions are drawn.")
            .onlyIf(HAS_BRANCHES, REASON)
            .fixedOnResume()
            .orElseDerived("all choices of a Discrete action if there are from 2 to " + VinePlan.MOST_CHOICES
                    + "; otherwise " + VinePlan.DRAWS);

    /** The maximum number of steps of a branch. */
    public static final Setting<Integer> HORIZON = GROUP.integer("vine-horizon", "H")
            .text("Maximum number of steps of each branch; --batch counts all of them, even if the episode ends"
                    + " earlier. The critic's value is used for the rewards after these steps")
            .in(Range.of(1, RolloutSettings.MAX_BATCH))
            .onlyIf(HAS_BRANCHES, REASON)
            .fixedOnResume()
            .orElseDerived(
                    VinePlan.HORIZON + ", or fewer if the branches of one state would need more than half of --batch");

    private VineSettings() {}
}
