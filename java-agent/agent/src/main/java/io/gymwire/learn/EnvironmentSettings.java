// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.env.MakeOptions;
import io.gymwire.env.WrapperSpec;
import io.gymwire.observe.ObservationSettings;
import io.gymwire.settings.MaskSource;
import io.gymwire.settings.Range;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;
import io.gymwire.settings.Settings;
import io.gymwire.settings.TextList;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings that determine how and where an environment is made. The environment's id is not a setting. */
public final class EnvironmentSettings {

    public static final SettingGroup GROUP = new SettingGroup("Environment");

    /** Modules that register environments. */
    public static final Setting<TextList> IMPORT = GROUP.words("import", "MODULE", EnvironmentArguments::checkModule)
            .text("Imports a Python module, which registers environments")
            .more("May be repeated. ENV_ID can also be MODULE:ID.")
            .fixedOnResume()
            .orElseDerived("none");

    /** Arguments of the environment's constructor. */
    public static final Setting<TextList> ENV_ARG = GROUP.words(
                    "env-arg", "KEY=VALUE", EnvironmentArguments::checkOfEnvironment)
            .text("Sets an argument of the environment's constructor; a VALUE that is not JSON is a string")
            .more("May be repeated.")
            .fixedOnResume()
            .orElseDerived("none");

    /** Wrappers around each environment. */
    public static final Setting<TextList> WRAPPER = GROUP.words(
                    "wrapper", "NAME[:KEY=VALUE,...]", EnvironmentArguments::wrapper)
            .text("Puts a wrapper around each environment; NAME is ActionMaskObservation,"
                    + " MODULE:CLASS, or a class of gymnasium.wrappers")
            .more("May be repeated, innermost first.")
            .fixedOnResume()
            .orElseDerived("none");

    /** The number of steps after which an episode is truncated. */
    public static final Setting<Long> MAX_EPISODE_STEPS = GROUP.count("max-episode-steps", "N")
            .text("Number of steps after which an episode is truncated; -1 for no limit")
            .in(Range.atLeast(-1).without(0))
            .fixedOnResume()
            .orElseDerived("as registered");

    /** The Python interpreter of the run's managed servers. */
    public static final Setting<Path> PYTHON = GROUP.path("python", "PATH")
            .text("Runs the environments with this Python interpreter, e.g. the interpreter of a virtual environment;"
                    + " the package gymwire[server] must be installed there")
            .ofTheMachine()
            .orElseDerived("Gymwire's own");

    private EnvironmentSettings() {}

    /** The modules that the settings import. */
    public static List<String> imports(Settings settings) {
        return words(settings, IMPORT);
    }

    /** The Python interpreter of the settings; empty for the interpreter that Gymwire manages. */
    public static Optional<Path> python(Settings settings) {
        return settings.has(PYTHON) ? Optional.of(settings.get(PYTHON)) : Optional.empty();
    }

    /**
     * The options that make one environment with these settings. If the action mask is in the info, a wrapper copies it
     * into the observation.
     */
    public static MakeOptions makeOptions(String envId, Settings settings) {
        List<WrapperSpec> wrappers = new ArrayList<>(List.of(EnvironmentArguments.wrappers(words(settings, WRAPPER))));
        MaskSource mask = settings.get(ObservationSettings.ACTION_MASK);
        if (mask.place() == MaskSource.Place.INFO) {
            wrappers.add(new WrapperSpec("ActionMaskObservation", Map.of("key", mask.key())));
        }
        MakeOptions options = MakeOptions.of(envId)
                .withKwargs(EnvironmentArguments.arguments(words(settings, ENV_ARG)))
                .withWrappers(wrappers.toArray(WrapperSpec[]::new));
        return settings.has(MAX_EPISODE_STEPS) ? options.withMaxEpisodeSteps(settings.get(MAX_EPISODE_STEPS)) : options;
    }

    private static List<String> words(Settings settings, Setting<TextList> setting) {
        return settings.has(setting) ? settings.get(setting).values() : List.of();
    }
}
