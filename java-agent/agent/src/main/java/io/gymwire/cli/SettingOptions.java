// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.learn.EnvironmentSettings;
import io.gymwire.learn.RunConfig;
import io.gymwire.settings.Setting;
import io.gymwire.settings.SettingGroup;
import io.gymwire.settings.Settings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.ArgGroupSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.TypeConversionException;

/** The settings of a run as options of a command, each group under its heading. */
final class SettingOptions {

    /** The order number of a heading that comes after all headings of the settings. */
    static final int LAST_HEADING = 1000;

    private final Map<Setting<?>, Object> given = new LinkedHashMap<>();

    private SettingOptions() {}

    /**
     * A command that has settings of a run among its options. The command's {@code modelTransformer} (the class that
     * picocli calls to change the command's options) needs this interface.
     */
    interface Holder {
        /** Takes the command's options. */
        void setSettings(SettingOptions options);
    }

    /** Adds all settings to a {@link Holder}. */
    static final class Adder implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            ((Holder) command.userObject()).setSettings(addTo(command, RunConfig.GROUPS));
            return command;
        }
    }

    /** Adds only the settings of the environment to a {@link Holder}. */
    static final class EnvironmentAdder implements IModelTransformer {
        @Override
        public CommandSpec transform(CommandSpec command) {
            ((Holder) command.userObject()).setSettings(addTo(command, List.of(EnvironmentSettings.GROUP)));
            return command;
        }
    }

    /**
     * Reads options that are not from the command line, for example the options of a preset.
     *
     * @throws CommandLine.ParameterException if an argument is not an option of a run, or if a value cannot be read
     */
    static SettingOptions parse(List<String> words) {
        CommandSpec command = CommandSpec.create();
        SettingOptions options = addTo(command, RunConfig.GROUPS);
        new CommandLine(command).parseArgs(words.toArray(String[]::new));
        return options;
    }

    private static SettingOptions addTo(CommandSpec command, List<SettingGroup> groups) {
        SettingOptions options = new SettingOptions();
        for (SettingGroup group : groups) {
            ArgGroupSpec.Builder heading = ArgGroupSpec.builder()
                    .validate(false)
                    .order(groups.indexOf(group))
                    .heading("%n" + group.heading() + ":%n");
            group.settings().forEach(setting -> heading.addArg(options.option(setting)));
            command.addArgGroup(heading.build());
        }
        return options;
    }

    private OptionSpec option(Setting<?> setting) {
        return OptionSpec.builder(setting.option())
                .paramLabel(setting.label())
                .type(setting.type())
                .converters(text -> parse(setting, text))
                .getter(new CommandLine.Model.IGetter() {
                    @Override
                    @SuppressWarnings("unchecked")
                    public <T> T get() {
                        return (T) given.get(setting);
                    }
                })
                .setter(new ISetter() {
                    @Override
                    public <T> T set(T value) {
                        given.merge(setting, value, (earlier, later) -> joined(setting, earlier, later));
                        return null;
                    }
                })
                .description(setting.text().replace("%", "%%"))
                .build();
    }

    private static <T> T joined(Setting<T> setting, Object earlier, Object later) {
        return setting.joined(setting.type().cast(earlier), setting.type().cast(later));
    }

    private static Object parse(Setting<?> setting, String text) {
        try {
            return setting.parse(text);
        } catch (IllegalArgumentException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }

    /**
     * Writes the options in {@code parsed} as arguments of a command line: every value of an option that may be
     * repeated, and only the last value of every other option.
     *
     * @param without the options to leave out
     */
    static List<String> words(ParseResult parsed, List<String> without) {
        List<String> words = new ArrayList<>();
        // If an option was given twice, it is in the list of matched options twice.
        for (OptionSpec option : new LinkedHashSet<>(parsed.matchedOptions())) {
            List<String> values = option.originalStringValues();
            boolean all = option.isMultiValue()
                    || RunConfig.all().stream()
                            .anyMatch(setting ->
                                    setting.isRepeatable() && setting.option().equals(option.longestName()));
            if (!without.contains(option.longestName())) {
                values.stream()
                        .skip(all ? 0 : values.size() - 1)
                        .forEach(value -> words.add(option.longestName() + "=" + value));
            }
        }
        return words;
    }

    /** The settings that the parsed arguments set. */
    Set<Setting<?>> given() {
        return given.keySet();
    }

    /**
     * A copy of {@code below} with the values that the parsed arguments set.
     *
     * @throws IllegalArgumentException if a setting is outside its range
     */
    Settings over(Settings below) {
        return over(below, List.of());
    }

    /**
     * A copy of {@code below} with the values that the parsed arguments set, except the settings in {@code without}.
     *
     * @throws IllegalArgumentException if a setting is outside its range
     */
    Settings over(Settings below, List<Setting<?>> without) {
        Settings settings = below;
        for (Setting<?> setting : given.keySet()) {
            settings = without.contains(setting) ? settings : with(settings, setting);
        }
        return settings;
    }

    /** A copy of a run's configuration with the values that the parsed arguments set. */
    RunConfig over(RunConfig run) {
        return new RunConfig(run.envId(), over(run.settings()));
    }

    private <T> Settings with(Settings settings, Setting<T> setting) {
        return settings.with(setting, setting.type().cast(given.get(setting)));
    }
}
