// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.settings.Range;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;
import io.gymwire.settings.Settings;
import io.gymwire.settings.Task;
import java.util.function.BiPredicate;

/** Settings of a {@link Gaussian} policy. */
public final class GaussianSettings {

    public static final SettingGroup GROUP = new SettingGroup("Gaussian policy (Box actions)");

    private static final BiPredicate<Task, Settings> IS_GAUSSIAN = (task, settings) -> task.hasBoxActions();
    private static final String REASON = "only Box actions have a Gaussian policy";

    /** log sigma at the start. */
    public static final Setting<Double> INIT_LOG_STD = GROUP.real("init-log-std", "X")
            .text(
                    "Log of the initial standard deviation, in units of half the action range (in units of 1 if this range"
                            + " is infinite)")
            .in(Range.of(Gaussian.MIN_LOG_STD, Gaussian.MAX_LOG_STD))
            .onlyIf(IS_GAUSSIAN, REASON)
            .fixedOnResume()
            .orElse("-0.5", "as in Tianshou; Andrychowicz et al. 2020 recommend a standard deviation of 0.5");

    /** Whether {@link Gaussian} treats an action element as clipped if {@link BoxDecoder} clips it to [-1, 1]. */
    public static final Setting<Boolean> CLIPPED_ACTIONS = GROUP.flag("clipped-actions")
            .text("Learns from actions as the environment uses them, clipped to their limits: if an element with"
                    + " two limits is beyond one of them, uses the probability of all values beyond this limit (Fujita"
                    + " and Maeda 2018); helps where the standard deviation is large")
            .onlyIf(IS_GAUSSIAN, REASON)
            .fixedOnResume()
            .orElse("false", "; --clipped-actions=false overrules a preset");

    /** The exponent B: the power of the noise falls with the frequency f as 1 / f^B. */
    public static final Setting<Double> NOISE_COLOR = GROUP.real("noise-color", "B")
            .text("Correlates the noise from step to step: its power falls with the frequency f as 1/f^B")
            .in(Range.of(0, Gaussian.MAX_NOISE_COLOR))
            .more("Slow noise finds movements that take many steps. But the state then predicts a part of"
                    + " the later noise. The gradient and KL ignore this, so they are biased.")
            .onlyIf(IS_GAUSSIAN, REASON)
            .fixedOnResume()
            .orElse("0", ": white; 1: pink, Hollenstein et al. 2024");

    private GaussianSettings() {}
}
