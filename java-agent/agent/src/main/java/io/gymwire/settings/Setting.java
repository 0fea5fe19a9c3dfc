// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import java.util.Optional;
import java.util.function.BiPredicate;

/**
 * One setting of a run, which is also an option of the command line. A method of {@link SettingGroup} declares it.
 *
 * @param <T> the type of its values
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
     * The condition under which a setting has an effect.
     *
     * @param holds the condition, tested on the environment and on all settings
     * @param reason why the setting has no effect if the condition is false
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

    /** The name in files. The option's name has two dashes before this name. */
    public String name() {
        return name;
    }

    /** The option's name. */
    public String option() {
        return "--" + name;
    }

    /** The placeholder of the value in the help text; empty for a flag. */
    public String label() {
        return label;
    }

    /** The help text: the meaning, the range, the default. */
    public String text() {
        return text;
    }

    /**
     * The default; empty if the default follows from other settings or from the machine, or if the setting has no value
     * by default.
     */
    public Optional<T> defaultValue() {
        return Optional.ofNullable(defaultValue);
    }

    /** Whether a resumed run must keep the value. */
    public boolean isFixedOnResume() {
        return fixedOnResume;
    }

    /**
     * Whether two runs with different values of this setting count as different runs. They do if the setting changes
     * results and is not about the machine.
     */
    public boolean distinguishesRuns() {
        return changesResult && ofTheRun;
    }

    /** Whether the option can be given several times, each time with a further value. */
    public boolean isRepeatable() {
        return type.type() == TextList.class;
    }

    /** The class of its values. */
    public Class<T> type() {
        return type.type();
    }

    /**
     * Reads a value. This method does not {@link #check} the range.
     *
     * @throws IllegalArgumentException if the text is not a value of the type
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

    /**
     * The setting's value after the option was given once more: {@code earlier} and {@code given} together if the
     * option is repeatable, otherwise only {@code given}.
     *
     * @param earlier null if the setting has no value yet
     */
    public T joined(T earlier, T given) {
        return earlier instanceof TextList words ? type().cast(words.and((TextList) given)) : given;
    }

    /**
     * Checks a value against the range.
     *
     * @throws IllegalArgumentException if the value is outside the range; the message names the value and the range
     */
    public void check(T value) {
        if (value instanceof Number number && !range.contains(number.doubleValue())) {
            throw new IllegalArgumentException(name + " must " + range.rule() + "; got " + value);
        }
    }

    /**
     * The reason why the setting has no effect on a run with these settings in this environment; empty if the setting
     * has no condition, or if its condition is met. {@link io.gymwire.learn.RunConfig#withoutEffect} also tests whether
     * the run's algorithm and sampling use the setting.
     */
    public Optional<String> withoutEffect(Task task, Settings settings) {
        return condition == null || condition.holds().test(task, settings)
                ? Optional.empty()
                : Optional.of(condition.reason());
    }

    @Override
    public String toString() {
        return option();
    }

    /** A declaration of a setting; the last call is {@link #orElse} or {@link #orElseDerived}. */
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

        /** Sets the meaning of the setting for the help text, without a full stop: the range and the default follow. */
        public Builder<T> text(String what) {
            this.what = what;
            return this;
        }

        /** Sets further sentences of the help text, after the default. */
        public Builder<T> more(String sentences) {
            this.more = " " + sentences;
            return this;
        }

        /** Sets the range of allowed values. */
        public Builder<T> in(Range range) {
            this.range = range;
            return this;
        }

        /** Makes a resumed run keep the value, because a checkpoint does not fit another value. */
        public Builder<T> fixedOnResume() {
            this.fixedOnResume = true;
            return this;
        }

        /** Declares that the value never changes results; the help text says so. */
        public Builder<T> neverChangesResult() {
            this.changesResult = false;
            return this;
        }

        /**
         * Declares that the value is a path on this machine. A run that continues on another machine may have another
         * value.
         */
        public Builder<T> ofTheMachine() {
            this.ofTheRun = false;
            return this;
        }

        /**
         * Sets the condition under which the setting has an effect.
         *
         * @param reason why the setting otherwise has no effect, e.g. "only Box actions have a Gaussian policy"
         */
        public Builder<T> onlyIf(BiPredicate<Task, Settings> holds, String reason) {
            this.condition = new Condition(holds, reason);
            return this;
        }

        /** Declares the setting with a default, written as on the command line. */
        public Setting<T> orElse(String given) {
            return orElse(given, "");
        }

        /**
         * Declares the setting with a default, written as on the command line, and a note for the help text.
         *
         * @param note a note about the default, for example its source
         */
        public Setting<T> orElse(String given, String note) {
            T value = type.parser().apply(given);
            return build(value, given + (note.isEmpty() || ":;".contains(note.substring(0, 1)) ? note : ", " + note));
        }

        /**
         * Declares the setting with a default that follows from other settings or from the machine, or without a value
         * by default.
         *
         * @param rule the rule for the default, or what happens without a value; part of the help text
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
