// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A type of values, and the parser that reads a value from a text.
 *
 * @param type the values' class
 * @param description the form of a text, for messages, e.g. "a whole number"
 * @param parser reads a text; if the text is not a value, throws an IllegalArgumentException, with or without a message
 * @param <T> the values' type
 */
record ValueType<T>(Class<T> type, String description, Function<String, T> parser) {

    static final ValueType<Integer> INTEGER = new ValueType<>(Integer.class, "a whole number", Integer::valueOf);
    static final ValueType<Long> LONG = new ValueType<>(Long.class, "a whole number", Long::valueOf);
    static final ValueType<Double> REAL = new ValueType<>(Double.class, "a number", Double::valueOf);
    static final ValueType<Boolean> FLAG = new ValueType<>(Boolean.class, "true or false", ValueType::flag);
    static final ValueType<LayerWidths> WIDTHS = new ValueType<>(
            LayerWidths.class, "a list of layer widths, e.g. 64,64, or the word none", LayerWidths::parse);
    static final ValueType<ElementRanges> ELEMENTS =
            new ValueType<>(ElementRanges.class, "ranges, e.g. 0-26,30, or the word all", ElementRanges::parse);

    static final ValueType<MaskSource> MASK =
            new ValueType<>(MaskSource.class, "info:KEY, observation:KEY or none", MaskSource::parse);

    /**
     * A path. A relative path starts at the folder in which the program was started; it is stored as an absolute path.
     */
    static final ValueType<Path> PATH = new ValueType<>(Path.class, "a path", ValueType::path);

    /**
     * The type of an option that can be given several times. The parser reads one value at a time.
     *
     * @param check throws an IllegalArgumentException for a text that is not a value
     */
    static ValueType<TextList> words(Consumer<String> check) {
        return new ValueType<>(TextList.class, "a word", text -> {
            check.accept(text);
            return new TextList(List.of(text));
        });
    }

    /** The constants of an enum, written as their toString returns them. */
    static <E extends Enum<E>> ValueType<E> choice(Class<E> constants) {
        String names = Arrays.stream(constants.getEnumConstants())
                .map(Object::toString)
                .collect(Collectors.joining(", "));
        return new ValueType<>(
                constants,
                "one of " + names,
                text -> Arrays.stream(constants.getEnumConstants())
                        .filter(constant -> constant.toString().equals(text))
                        .findFirst()
                        .orElseThrow(IllegalArgumentException::new));
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException();
        }
        return Path.of(text).toAbsolutePath().normalize();
    }

    private static boolean flag(String text) {
        if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
            return Boolean.parseBoolean(text);
        }
        throw new IllegalArgumentException();
    }
}
