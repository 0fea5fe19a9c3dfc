// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** A group of settings under one heading of the help text, in the order of their declarations. */
public final class SettingGroup {

    private final String heading;
    private final List<Setting<?>> settings = new ArrayList<>();

    /** Creates a group without settings. Each setting that is declared with the group's methods is added to it. */
    public SettingGroup(String heading) {
        this.heading = heading;
    }

    /** Declares a whole number. */
    public Setting.Builder<Integer> integer(String name, String label) {
        return new Setting.Builder<>(this, name, label, ValueType.INTEGER);
    }

    /** Declares a whole number that can be larger than an int. */
    public Setting.Builder<Long> count(String name, String label) {
        return new Setting.Builder<>(this, name, label, ValueType.LONG);
    }

    /** Declares a number. */
    public Setting.Builder<Double> real(String name, String label) {
        return new Setting.Builder<>(this, name, label, ValueType.REAL);
    }

    /** Declares a setting that is on or off. */
    public Setting.Builder<Boolean> flag(String name) {
        return new Setting.Builder<>(this, name, "", ValueType.FLAG);
    }

    /** Declares the widths of hidden layers. */
    public Setting.Builder<LayerWidths> widths(String name) {
        return new Setting.Builder<>(this, name, "N,...", ValueType.WIDTHS);
    }

    /** Declares a setting that chooses elements of an observation. */
    public Setting.Builder<ElementRanges> elements(String name) {
        return new Setting.Builder<>(this, name, "RANGES", ValueType.ELEMENTS);
    }

    /** Declares where the action mask is found: {@code info:KEY}, {@code observation:KEY} or {@code none}. */
    public Setting.Builder<MaskSource> mask(String name) {
        return new Setting.Builder<>(this, name, "PLACE:KEY", ValueType.MASK);
    }

    /** Declares the path of a file. */
    public Setting.Builder<Path> path(String name, String label) {
        return new Setting.Builder<>(this, name, label, ValueType.PATH);
    }

    /**
     * Declares an option that can be given several times.
     *
     * @param check throws an IllegalArgumentException for a text that is not an allowed value
     */
    public Setting.Builder<TextList> words(String name, String label, Consumer<String> check) {
        return new Setting.Builder<>(this, name, label, ValueType.words(check));
    }

    /** Declares a choice between the constants of an enum, written as their toString returns them. */
    public <E extends Enum<E>> Setting.Builder<E> choice(String name, String label, Class<E> constants) {
        return new Setting.Builder<>(this, name, label, ValueType.choice(constants));
    }

    void add(Setting<?> setting) {
        settings.add(setting);
    }

    /** The heading. */
    public String heading() {
        return heading;
    }

    /** The settings in order. */
    public List<Setting<?>> settings() {
        return Collections.unmodifiableList(settings);
    }
}
