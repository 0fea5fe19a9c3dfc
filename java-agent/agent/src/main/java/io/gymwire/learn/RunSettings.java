// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.settings.Range;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;

/** Settings of a run as a whole. */
public final class RunSettings {

    public static final SettingGroup GROUP = new SettingGroup("Run");

    /** The algorithm that improves the policy. */
    public static final Setting<Algorithm> ALGORITHM = GROUP.choice("algorithm", "NAME", Algorithm.class)
            .text("Algorithm that improves the policy")
            .more("Presets are tuned for trpo. With another algorithm, a preset's settings that this algorithm does not"
                    + " use are left out, and a note says so.")
            .fixedOnResume()
            .orElse("trpo");

    /** Environment steps over all environments. The run ends after the iteration that reaches this number. */
    public static final Setting<Long> STEPS = GROUP.count("steps", "N")
            .text("Environment steps over all environments")
            .in(Range.atLeast(1))
            .orElse("1000000", "the length of published MuJoCo results");

    /** The run ends early when the mean return of the last 100 training episodes reaches this number. */
    public static final Setting<Double> STOP_AT = GROUP.real("stop-at", "RETURN")
            .text("Ends the run early, after the iteration in which the mean return of the last 100 training episodes"
                    + " reaches RETURN; without effect before the 100th episode")
            .orElseDerived("never");

    /** Seed of every random stream of the training. Evaluations have their own seeds. */
    public static final Setting<Long> SEED = GROUP.count("seed", "S")
            .text("Seed of every random number of the training; evaluations have their own seeds")
            .in(Range.atLeast(0))
            .fixedOnResume()
            .orElse("1");

    /** Number of sessions over which the environments are spread. */
    public static final Setting<Integer> WORKERS = GROUP.integer("workers", "W")
            .text("Number of sessions that step the environments; without --server and --servers, each session has its"
                    + " own server process")
            .in(Range.atLeast(1))
            .neverChangesResult()
            .orElseDerived("one per core, at most --envs; one for classic control and toy text, where a step takes less"
                    + " time than a message");

    /** Fraction of the policy's and the critic's step sizes that is left after {@link #ANNEAL_STEPS}. */
    public static final Setting<Double> ANNEAL = GROUP.real("anneal", "F")
            .text("Fraction of --delta (with PPO: of --policy-lr) and of --critic-lr that is left after --anneal-steps;"
                    + " both shrink linearly")
            .in(Range.of(0, 1).withoutLeast())
            .more("1 keeps both constant.")
            .orElse("0.25", ": delta ends at 0.01, as in the TRPO paper");

    /** Environment steps in which the step sizes shrink. Afterwards the step sizes stay constant. */
    public static final Setting<Long> ANNEAL_STEPS = GROUP.count("anneal-steps", "N")
            .text("Environment steps until the step sizes have shrunk to the fraction of --anneal")
            .in(Range.atLeast(1))
            .onlyIf((task, settings) -> settings.get(ANNEAL) < 1, "--anneal 1 keeps the step sizes constant")
            .orElseDerived("the value of --steps when the run begins; a resumed run keeps it");

    /** The minimum time between two checkpoints during the run, in seconds. A finished run saves a checkpoint too. */
    public static final Setting<Double> CHECKPOINT_EVERY = GROUP.real("checkpoint-every", "SECONDS")
            .text("Saves the run when SECONDS have passed since the last checkpoint")
            .in(Range.atLeast(0))
            .more("If a server is lost or the process is killed, the work since the last checkpoint is lost.")
            .neverChangesResult()
            .orElse("30", "; 0: after each iteration");

    /**
     * An evaluation follows each iteration that reaches or passes a multiple of this number of environment steps. An
     * evaluation also follows the last iteration. 0 means that there are no evaluations.
     */
    public static final Setting<Long> EVAL_EVERY = GROUP.count("eval-every", "N")
            .text("Evaluates the policy every N steps and at the end; the results are in eval/curve.csv")
            .in(Range.atLeast(0))
            .neverChangesResult()
            .orElse("0", ": never");

    /** Number of episodes that an evaluation in training plays with each policy: deterministic and stochastic. */
    public static final Setting<Integer> EVAL_EPISODES = GROUP.integer("eval-episodes", "K")
            .text("Number of episodes that an evaluation plays with the deterministic policy, and again with the"
                    + " stochastic policy")
            .in(Range.atLeast(1))
            .onlyIf((task, settings) -> settings.get(EVAL_EVERY) > 0, "without --eval-every there are no evaluations")
            .neverChangesResult()
            .orElse("20");

    private RunSettings() {}
}
