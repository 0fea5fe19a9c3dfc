// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * One setting of a run, which is an option of the command line too. It is declared once, by its {@link SettingGroup}.
 *
 * @param <T> type of its values
 */
public final class Setting<T> {

    private final String name;
    private final String label;
    private final ValueType<T> type;
    private final Range range;
    private final String text;
    private final T defaultValue;
    private final boolean fixedOnResume;
    private final boolean changesResult;
    private final boolean ofTheRun;
    private final Condition condition;

    /**
     * What a setting needs in order to change anything.
     *
     * @param holds asked with the environment and all settings
     * @param reason says, where it does not hold, why the setting then has no effect
     */
    private record Condition(BiPredicate<Task, Settings> holds, String reason) {}

    private Setting(Builder<T> builder, T defaultValue, String text) {
        this.name = builder.name;
        this.label = builder.label;
        this.type = builder.type;
        this.range = builder.range;
        this.fixedOnResume = builder.fixedOnResume;
        this.changesResult = builder.changesResult;
        this.ofTheRun = builder.ofTheRun;
        this.condition = builder.condition;
        this.defaultValue = defaultValue;
        this.text = text;
    }

    /** The name in files; with two dashes before it, that of the option. */
    public String name() {
        return name;
    }

    /** The option's name. */
    public String option() {
        return "--" + name;
    }

    /** What stands for the value in the help text; empty for a flag. */
    public String label() {
        return label;
    }

    /** The help text: what is set, the range, the default. */
    public String text() {
        return text;
    }

    /** The value where none is given; empty where it follows from other settings or from the machine. */
    public Optional<T> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    /** Whether its value cannot be changed when a run is resumed. */
    public boolean isFixedOnResume() {
        return fixedOnResume;
    }

    /** Whether its values make runs different ones: it changes their results, and is no matter of the machine. */
    public boolean distinguishesRuns() {
        return changesResult && ofTheRun;
    }

    /** Whether the option may be given several times, each time with a further value. */
    public boolean isRepeatable() {
        return type.type() == Words.class;
    }

    /** The class of its values. */
    public Class<T> type() {
        return type.type();
    }

    /**
     * Reads a value; {@link #check} has not been asked yet.
     *
     * @throws IllegalArgumentException if the text is not of the type
     */
    public T parse(String given) {
        try {
            return type.parser().apply(given);
        } catch (IllegalArgumentException e) {
            boolean own = e.getMessage() != null && !(e instanceof NumberFormatException);
            throw new IllegalArgumentException(
                    own ? e.getMessage() : "'" + given + "' is not " + type.description(), e);
        }
    }

    /** A value that was given after another one, or after null: it takes its place, or follows it if both count. */
    public T joined(T earlier, T given) {
        return earlier instanceof Words words ? type().cast(words.and((Words) given)) : given;
    }

    /**
     * Checks a value against the range.
     *
     * @throws IllegalArgumentException that names the value and the range
     */
    public void check(T value) {
        if (value instanceof Number number && !range.contains(number.doubleValue())) {
            throw new IllegalArgumentException(name + " must " + range.rule() + "; got " + value);
        }
    }

    /** Why the setting has no effect on a run of these settings in this environment; empty if it has one. */
    public Optional<String> withoutEffect(Task task, Settings settings) {
        return condition == null || condition.holds().test(task, settings)
                ? Optional.empty()
                : Optional.of(condition.reason());
    }

    @Override
    public String toString() {
        return option();
    }

    /** Declares a setting; the last call is {@link #orElse} or {@link #orElseDerived}. */
    public static final class Builder<T> {

        private final SettingGroup group;
        private final String name;
        private final String label;
        private final ValueType<T> type;
        private Range range = Range.ALL;
        private String what = "";
        private String more = "";
        private boolean fixedOnResume;
        private boolean changesResult = true;
        private boolean ofTheRun = true;
        private Condition condition;

        Builder(SettingGroup group, String name, String label, ValueType<T> type) {
            this.group = group;
            this.name = name;
            this.label = label;
            this.type = type;
        }

        /** What is set, without a full stop: the range and the default follow. */
        public Builder<T> text(String what) {
            this.what = what;
            return this;
        }

        /** Further sentences, after the default. */
        public Builder<T> more(String sentences) {
            this.more = " " + sentences;
            return this;
        }

        /** The values that are allowed. */
        public Builder<T> in(Range range) {
            this.range = range;
            return this;
        }

        /** The value cannot be changed when a run is resumed: for what the numbers in a checkpoint depend on. */
        public Builder<T> fixedOnResume() {
            this.fixedOnResume = true;
            return this;
        }

        /** Results are the same whatever the value; the help text says so. */
        public Builder<T> neverChangesResult() {
            this.changesResult = false;
            return this;
        }

        /** The value tells where something is on this machine: a run that goes on elsewhere may have another. */
        public Builder<T> ofTheMachine() {
            this.ofTheRun = false;
            return this;
        }

        /**
         * Sets the condition under which the setting has an effect.
         *
         * @param reason where it has none, why, e.g. "only a Gaussian policy has noise of a color"
         */
        public Builder<T> onlyIf(BiPredicate<Task, Settings> holds, String reason) {
            this.condition = new Condition(holds, reason);
            return this;
        }

        /** Its default, as it would be given. */
        public Setting<T> orElse(String given) {
            return orElse(given, "");
        }

        /**
         * Its default, as it would be given, and what the help text says of it.
         *
         * @param note e.g. where the value comes from
         */
        public Setting<T> orElse(String given, String note) {
            T value = type.parser().apply(given);
            return build(value, given + (note.isEmpty() || ":;".contains(note.substring(0, 1)) ? note : ", " + note));
        }

        /**
         * The default follows from other settings or from the machine.
         *
         * @param rule what it is, for the help text
         */
        public Setting<T> orElseDerived(String rule) {
            return build(null, rule);
        }

        private Setting<T> build(T value, String defaultText) {
            String choices = type.type().isEnum() ? ", " + type.description() : "";
            String interval = range.toString().isEmpty() ? choices : ", " + range;
            String same = changesResult ? "" : " Never changes the result.";
            Setting<T> setting = new Setting<>(this, value, what + interval + " (" + defaultText + ")." + more + same);
            if (value != null) {
                setting.check(value);
            }
            group.add(setting);
            return setting;
        }
    }
}
