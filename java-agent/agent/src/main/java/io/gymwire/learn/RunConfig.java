// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.distribution.GaussianSettings;
import io.gymwire.env.InfoSelection;
import io.gymwire.env.MakeOptions;
import io.gymwire.observe.ObservationSettings;
import io.gymwire.policy.CriticSettings;
import io.gymwire.policy.PolicySettings;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.rollout.Sampling;
import io.gymwire.rollout.VineSettings;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;
import io.gymwire.settings.Settings;
import io.gymwire.settings.Task;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The configuration of a training run: the environment and all settings.
 *
 * @param envId id of the environment, e.g. CartPole-v1 or mylab:mylab/Arm-v0
 * @param settings all settings; their values must fit together
 */
public record RunConfig(String envId, Settings settings) {

    /**
     * The groups of all settings, in the order of the help text. Add a new group here, or in {@link Algorithm} if the
     * group belongs to an algorithm.
     */
    public static final List<SettingGroup> GROUPS = Stream.of(
                    Stream.of(EnvironmentSettings.GROUP, RunSettings.GROUP, RolloutSettings.GROUP, VineSettings.GROUP),
                    Arrays.stream(Algorithm.values())
                            .flatMap(algorithm -> algorithm.settings().stream())
                            .distinct(),
                    Stream.of(
                            ObservationSettings.GROUP,
                            PolicySettings.GROUP,
                            GaussianSettings.GROUP,
                            CriticSettings.GROUP))
            .flatMap(groups -> groups)
            .toList();

    public RunConfig {
        int envs = settings.get(RolloutSettings.ENVS);
        int batch = settings.get(RolloutSettings.BATCH);
        int workers = settings.get(RunSettings.WORKERS);
        long all = (long) batch * settings.get(RolloutSettings.REUSE);
        require(workers <= envs, "workers must lie between 1 and envs (" + envs + ")", workers);
        require(
                batch % envs == 0,
                "batch must be a multiple of envs (" + envs + "), e.g. " + Math.max(envs, batch / envs * envs),
                batch);
        require(
                all <= RolloutSettings.MAX_BATCH,
                "batch times reuse must be at most " + RolloutSettings.MAX_BATCH,
                all);
        requireSampling(settings);
        if (!settings.has(RunSettings.ANNEAL_STEPS)) {
            // The number is stored as a setting, so that a resumed run with more steps keeps it.
            settings = settings.with(RunSettings.ANNEAL_STEPS, settings.get(RunSettings.STEPS));
        }
    }

    private static void requireSampling(Settings settings) {
        Sampling sampling = settings.get(VineSettings.SAMPLING);
        Algorithm algorithm = settings.get(RunSettings.ALGORITHM);
        require(
                sampling == Sampling.PATH || algorithm.takesBranches(),
                "--sampling vine needs --algorithm " + Algorithm.takingBranches()
                        + ", whose objective combines all actions tried in a state",
                "--algorithm " + algorithm);
        sampling.withoutEffect().forEach((setting, reason) -> {
            Object usual = setting.defaultValue().orElseThrow();
            require(
                    settings.get(setting).equals(usual),
                    setting.name() + " must be " + usual + " with --sampling " + sampling + ": " + reason,
                    settings.get(setting));
        });
    }

    /** All settings, in the order of the help text. */
    public static List<Setting<?>> all() {
        return GROUPS.stream()
                .<Setting<?>>flatMap(group -> group.settings().stream())
                .toList();
    }

    /**
     * The reason why a setting has no effect on this run; empty if the setting has an effect.
     *
     * @param task the task that the run learns
     */
    public Optional<String> withoutEffect(Setting<?> setting, Task task) {
        return Exclusion.of(setting, settings).map(Exclusion::reason).or(() -> setting.withoutEffect(task, settings));
    }

    /** The value of a setting. */
    public <T> T get(Setting<T> setting) {
        return settings.get(setting);
    }

    /** A copy with another value of one setting. */
    public <T> RunConfig with(Setting<T> setting, T value) {
        return new RunConfig(envId, settings.with(setting, value));
    }

    /**
     * The options that make one environment of the run. The server sends no infos. If --action-mask is info:KEY, a
     * wrapper puts the mask from the info into the observation.
     */
    public MakeOptions environment() {
        return EnvironmentSettings.makeOptions(envId, settings).withInfos(InfoSelection.none());
    }

    /** The Python interpreter of the run's managed servers; empty for Gymwire's own interpreter. */
    public Optional<Path> python() {
        return EnvironmentSettings.python(settings);
    }

    /** Steps of one environment in one iteration, T. */
    public int segment() {
        return get(RolloutSettings.BATCH) / get(RolloutSettings.ENVS);
    }

    /**
     * Whether a run is complete.
     *
     * @param taken the number of environment steps so far
     * @param meanReturn mean return of the last 100 training episodes; NaN before there are 100
     */
    public boolean isFinished(long taken, double meanReturn) {
        return taken >= get(RunSettings.STEPS) || reachesStopAt(meanReturn);
    }

    /**
     * Whether the run ends early, because the mean return reaches {@link RunSettings#STOP_AT}.
     *
     * @param meanReturn mean return of the last 100 training episodes; NaN before there are 100
     */
    public boolean reachesStopAt(double meanReturn) {
        return settings.has(RunSettings.STOP_AT) && meanReturn >= get(RunSettings.STOP_AT);
    }

    /** The factor by which annealed settings are multiplied after {@code done} environment steps. */
    public double annealed(long done) {
        double end = get(RunSettings.ANNEAL);
        long steps = get(RunSettings.ANNEAL_STEPS);
        return done >= steps ? end : 1 - (1 - end) * ((double) done / steps);
    }

    private static void require(boolean condition, String rule, Object value) {
        if (!condition) {
            throw new IllegalArgumentException(rule + "; got " + value);
        }
    }
}
