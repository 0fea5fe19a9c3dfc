// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.testing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;

/** A golden file that a script in src/test/python wrote, with the sections meta, inputs and outputs. */
public final class Golden {
    private final JsonObject root;

    private Golden(JsonObject root) {
        this.root = root;
    }

    /** Reads {@code golden/<name>.json} from the test resources. */
    public static Golden read(String name) {
        String path = "/golden/" + name + ".json";
        try (Reader reader = new InputStreamReader(Golden.class.getResourceAsStream(path), StandardCharsets.UTF_8)) {
            return new Golden(JsonParser.parseReader(reader).getAsJsonObject());
        } catch (IOException e) {
            throw new AssertionError("cannot read " + path, e);
        }
    }

    /** Returns an array of numbers, as doubles. */
    public double[] array(String section, String field) {
        JsonArray elements = element(section, field).getAsJsonArray();
        double[] values = new double[elements.size()];
        for (int i = 0; i < values.length; i++) {
            values[i] = elements.get(i).getAsDouble();
        }
        return values;
    }

    /** Returns an array of zeros and ones, as booleans. */
    public boolean[] flags(String section, String field) {
        double[] numbers = array(section, field);
        boolean[] flags = new boolean[numbers.length];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = numbers[i] == 1;
        }
        return flags;
    }

    /** Returns a single number. */
    public double number(String section, String field) {
        return element(section, field).getAsDouble();
    }

    /** Returns a single integer of the section meta. */
    public int count(String field) {
        return element("meta", field).getAsInt();
    }

    /** Returns a text of the section meta. */
    public String text(String field) {
        return element("meta", field).getAsString();
    }

    /** Returns the number with the name {@code key} in the first object of a list. */
    public double ofFirst(String section, String field, String key) {
        return element(section, field)
                .getAsJsonArray()
                .get(0)
                .getAsJsonObject()
                .get(key)
                .getAsDouble();
    }

    /** Returns a list of the section meta. */
    public JsonArray list(String field) {
        return element("meta", field).getAsJsonArray();
    }

    private JsonElement element(String section, String field) {
        return root.getAsJsonObject(section).get(field);
    }
}
