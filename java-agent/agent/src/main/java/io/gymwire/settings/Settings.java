// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import java.util.HashMap;
import java.util.Map;

/** Values of settings, each within its range. A setting that was not given has its default, if any. Immutable. */
public final class Settings {

    /** The settings in which every value is the default. */
    public static final Settings DEFAULTS = new Settings(Map.of());

    private final Map<Setting<?>, Object> values;

    private Settings(Map<Setting<?>, Object> values) {
        this.values = values;
    }

    /**
     * A copy with another value of one setting.
     *
     * @throws IllegalArgumentException if the value is outside the setting's range
     */
    public <T> Settings with(Setting<T> setting, T value) {
        setting.check(value);
        Map<Setting<?>, Object> copy = new HashMap<>(values);
        copy.put(setting, value);
        return new Settings(copy);
    }

    /**
     * A copy with another value of one setting, written as on a command line. A repeatable setting gets a further
     * value.
     *
     * @throws IllegalArgumentException if the text is not a value, or the value is outside the setting's range
     */
    public <T> Settings withText(Setting<T> setting, String text) {
        return with(setting, setting.joined(has(setting) ? get(setting) : null, setting.parse(text)));
    }

    /**
     * The value of a setting, or its default.
     *
     * @throws IllegalStateException if the setting has neither
     */
    public <T> T get(Setting<T> setting) {
        Object value = values.get(setting);
        if (value != null) {
            return setting.type().cast(value);
        }
        return setting.defaultValue()
                .orElseThrow(() -> new IllegalStateException(setting.name() + " has no value and no default"));
    }

    /** Whether a setting has a value: one that was given, or a default. */
    public boolean has(Setting<?> setting) {
        return values.containsKey(setting) || setting.defaultValue().isPresent();
    }

    /** The value of a setting, written as on a command line. A space separates the values of a repeatable setting. */
    public String text(Setting<?> setting) {
        return get(setting).toString();
    }
}
