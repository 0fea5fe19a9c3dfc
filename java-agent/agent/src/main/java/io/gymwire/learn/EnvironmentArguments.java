// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.gymwire.env.WrapperSpec;
import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Reads two kinds of words on the command line: an environment's argument ({@code KEY=VALUE}), and a wrapper with its
 * arguments ({@code NAME:KEY=VALUE,...}).
 */
final class EnvironmentArguments {

    private static final Pattern IDENTIFIER = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*");
    private static final Pattern MODULE = Pattern.compile(IDENTIFIER + "(\\." + IDENTIFIER + ")*");
    private static final Pattern INTEGER = Pattern.compile("-?[0-9]+");
    private static final int LONG_BITS = 63;

    private EnvironmentArguments() {}

    /** Refuses a text that cannot be the name of a module. */
    static void checkModule(String name) {
        if (!MODULE.matcher(name).matches()) {
            throw new IllegalArgumentException("'" + name + "' is not the name of a Python module, e.g. mylab.envs");
        }
    }

    /** The arguments of a constructor. If a key is given twice, the later value counts. */
    static Map<String, Object> arguments(List<String> words) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        words.forEach(word -> arguments.putAll(argument(word)));
        return arguments;
    }

    /** Reads one wrapper from each of the {@code words}, in the same order. */
    static WrapperSpec[] wrappers(List<String> words) {
        return words.stream().map(EnvironmentArguments::wrapper).toArray(WrapperSpec[]::new);
    }

    /** Reads {@code KEY=VALUE}. */
    static Map<String, Object> argument(String word) {
        int equals = word.indexOf('=');
        if (equals < 0 || !IDENTIFIER.matcher(word.substring(0, equals)).matches()) {
            throw new IllegalArgumentException(
                    "'" + word + "' is not KEY=VALUE with an argument's name as KEY, e.g. gravity=9.81");
        }
        Map<String, Object> argument = new LinkedHashMap<>();
        argument.put(word.substring(0, equals), value(word.substring(equals + 1)));
        return argument;
    }

    /** Refuses a text that is not {@code KEY=VALUE}, and arguments that Gymwire sets in another way. */
    static void checkOfEnvironment(String word) {
        Map<String, Object> argument = argument(word);
        if (argument.containsKey("max_episode_steps")) {
            throw new IllegalArgumentException("max_episode_steps is no argument of an environment's constructor;"
                    + " give --max-episode-steps instead");
        }
        if (argument.containsKey("render_mode")) {
            throw new IllegalArgumentException(
                    "render_mode cannot be set; leave it out (eval --video makes a film, and chooses the mode)");
        }
    }

    /** Reads {@code NAME}, {@code MODULE:CLASS}, or either of them followed by {@code :KEY=VALUE,...}. */
    static WrapperSpec wrapper(String word) {
        int equals = word.indexOf('=');
        int end = equals < 0 ? word.length() : word.lastIndexOf(':', equals);
        String name = end < 0 ? "" : word.substring(0, end);
        int colon = name.indexOf(':');
        boolean valid = IDENTIFIER.matcher(name.substring(colon + 1)).matches()
                && (colon < 0 || MODULE.matcher(name.substring(0, colon)).matches());
        if (!valid) {
            throw new IllegalArgumentException("'" + word + "' is not NAME or NAME:KEY=VALUE,... with a wrapper's"
                    + " name as NAME, e.g. TimeAwareObservation:flatten=true or mylab:MyWrapper");
        }
        return new WrapperSpec(name, equals < 0 ? Map.of() : arguments(parts(word.substring(end + 1))));
    }

    /**
     * Splits at the commas outside JSON strings, lists and objects. Refuses a text with a comma after a bracket or a
     * quotation mark that is not closed, because it is unknown whether this comma splits the text.
     */
    private static List<String> parts(String text) {
        List<String> parts = new ArrayList<>();
        Deque<Character> closing = new ArrayDeque<>();
        int start = 0;
        boolean quoted = false;
        boolean commaInside = false; // whether the brackets and quotation marks that are open now contain a comma
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            commaInside &= quoted || !closing.isEmpty();
            if (c == ',' && closing.isEmpty() && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            } else if (c == ',') {
                commaInside = true;
            } else if (quoted) {
                i += c == '\\' ? 1 : 0;
                quoted = c != '"';
            } else if (c == '"') {
                quoted = true;
            } else if (c == '[' || c == '{') {
                closing.push(c == '[' ? ']' : '}');
            } else if (!closing.isEmpty() && c == closing.peek()) {
                closing.pop();
            }
        }
        commaInside &= quoted || !closing.isEmpty();
        if (commaInside) {
            throw new IllegalArgumentException("'" + text.substring(start) + "' has a comma after a bracket or a"
                    + " quotation mark that is not closed; close it, or write the whole value as a JSON string, such as"
                    + " \"a[\"");
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static Object value(String text) {
        if (text.isBlank()) {
            // Gson would read a blank text as null.
            return text;
        }
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        try {
            JsonElement json = JsonParser.parseReader(reader);
            return reader.peek() == JsonToken.END_DOCUMENT ? plain(json) : text;
        } catch (JsonParseException | IOException | IllegalStateException e) {
            return text;
        }
    }

    private static Object plain(JsonElement json) {
        if (json.isJsonArray()) {
            List<Object> list = new ArrayList<>();
            json.getAsJsonArray().forEach(element -> list.add(plain(element)));
            return list;
        }
        if (json.isJsonObject()) {
            Map<String, Object> map = new LinkedHashMap<>();
            json.getAsJsonObject().entrySet().forEach(entry -> map.put(entry.getKey(), plain(entry.getValue())));
            return map;
        }
        return json.isJsonNull() ? null : plain(json.getAsJsonPrimitive());
    }

    private static Object plain(JsonPrimitive json) {
        if (json.isBoolean()) {
            return json.getAsBoolean();
        }
        if (json.isString()) {
            return json.getAsString();
        }
        if (!INTEGER.matcher(json.getAsString()).matches()) {
            return json.getAsDouble();
        }
        BigInteger integer = json.getAsBigInteger();
        return integer.bitLength() > LONG_BITS ? (Object) integer : (Object) integer.longValue();
    }
}
