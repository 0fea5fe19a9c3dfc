// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.google.gson.stream.MalformedJsonException;
import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A JSON object in a file, or an object inside that object. A method that reads a field throws an error if the field
 * has the wrong type. It also throws an error if the field is missing, unless the description of the method says
 * otherwise. The error names the file and the field.
 */
public final class JsonFile {

    private final InputFile file;
    private final String place; // path of the object in the file, e.g. "result."; empty for the outermost object
    private final JsonObject fields;

    private JsonFile(InputFile file, String place, JsonObject fields) {
        this.file = file;
        this.place = place;
        this.fields = fields;
    }

    /**
     * Reads a file.
     *
     * @param remedy what users can do if the file is missing or its content is wrong
     */
    public static JsonFile read(Path path, String remedy) throws IOException {
        InputFile file = new InputFile(path, remedy);
        return new JsonFile(file, "", parse(file, file.text()));
    }

    /**
     * Reads the text of a JSON object.
     *
     * @param file the file that contains the text, for error messages
     */
    public static JsonObject parse(InputFile file, String text) throws IOException {
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        try {
            JsonElement json = JsonParser.parseReader(reader);
            if (!json.isJsonObject()) {
                throw file.unusable("it contains no JSON object", null);
            }
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw file.unusable("something follows its JSON object", null);
            }
            return json.getAsJsonObject();
        } catch (JsonParseException | IllegalStateException | MalformedJsonException | EOFException e) {
            throw file.unusable("it is not JSON (" + firstLine(e) + ")", e);
        }
    }

    /**
     * The first line of Gson's error message, without the name of an exception and without the advice to parse
     * leniently. The other lines of the message point to Gson's own troubleshooting guide.
     */
    public static String firstLine(Exception e) {
        String text = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        return text.replaceFirst("^(\\w+\\.)+\\w+Exception: ", "")
                .replaceFirst(
                        "Use JsonReader\\.setStrictness\\(Strictness\\.LENIENT\\) to accept malformed JSON",
                        "malformed");
    }

    /** Whether there is a field with this name. */
    public boolean has(String name) {
        return fields.has(name);
    }

    /** The names of the fields. */
    public List<String> names() {
        return List.copyOf(fields.keySet());
    }

    /** A field's text. A number, true or false is also accepted, and is returned as text. */
    public String text(String name) throws IOException {
        JsonElement value = fields.get(name);
        if (!(value instanceof JsonPrimitive)) {
            throw wrongKind(name, "a text");
        }
        return value.getAsString();
    }

    /** A field's text, or {@code otherwise} if there is no such field. */
    public String text(String name, String otherwise) throws IOException {
        return has(name) ? text(name) : otherwise;
    }

    /** A field's list of texts. A number, true or false in the list is also accepted, and is returned as text. */
    public List<String> texts(String name) throws IOException {
        if (!(fields.get(name) instanceof JsonArray array)) {
            throw wrongKind(name, "a list");
        }
        List<String> texts = new ArrayList<>();
        for (JsonElement element : array) {
            if (!element.isJsonPrimitive()) {
                throw wrongKind(name, "a list of texts");
            }
            texts.add(element.getAsString());
        }
        return texts;
    }

    /** A field's number. */
    public double number(String name) throws IOException {
        JsonElement value = fields.get(name);
        if (!(value instanceof JsonPrimitive number) || !number.isNumber()) {
            throw wrongKind(name, "a number");
        }
        return number.getAsDouble();
    }

    /** A field's number, or {@code otherwise} if there is no such field. */
    public double number(String name, double otherwise) throws IOException {
        return has(name) ? number(name) : otherwise;
    }

    /** A field's integer with all its digits, or {@code otherwise} if there is no such field. */
    public long integer(String name, long otherwise) throws IOException {
        if (!has(name)) {
            return otherwise;
        }
        if (!(fields.get(name) instanceof JsonPrimitive number) || !number.isNumber()) {
            throw wrongKind(name, "a number");
        }
        return number.getAsLong();
    }

    /** An object inside this object. */
    public JsonFile object(String name) throws IOException {
        if (!(fields.get(name) instanceof JsonObject object)) {
            throw wrongKind(name, "an object");
        }
        return new JsonFile(file, place + name + ".", object);
    }

    /** The objects in the list of a field; no objects if there is no such field. */
    List<JsonObject> objects(String name) throws IOException {
        List<JsonObject> objects = new ArrayList<>();
        if (has(name)) {
            if (!fields.get(name).isJsonArray()) {
                throw wrongKind(name, "a list");
            }
            for (JsonElement element : fields.getAsJsonArray(name)) {
                if (!element.isJsonObject()) {
                    throw wrongKind(name, "a list of objects");
                }
                objects.add(element.getAsJsonObject());
            }
        }
        return objects;
    }

    /** The fields as Gson's object. */
    public JsonObject json() {
        return fields;
    }

    /** Creates the error for content that is wrong. */
    public FileException unusable(String reason, Throwable cause) {
        return file.unusable(reason, cause);
    }

    private FileException wrongKind(String name, String kind) {
        return file.unusable(
                "its field " + place + name + " is "
                        + (has(name) ? "not " + kind + " but " + fields.get(name) : "missing"),
                null);
    }

    /**
     * All values inside a field of any type. The caller must make sure that the field exists. The key of a value is its
     * path, e.g. {@code server.packages.numpy}. An array is one value, and null is an empty text.
     */
    public Map<String, String> flat(String name) {
        Map<String, String> values = new TreeMap<>();
        flatten(name, fields.get(name), values);
        return values;
    }

    private static void flatten(String path, JsonElement value, Map<String, String> values) {
        if (value.isJsonObject()) {
            value.getAsJsonObject()
                    .entrySet()
                    .forEach(entry -> flatten(path + "." + entry.getKey(), entry.getValue(), values));
        } else if (value.isJsonArray()) {
            List<String> items = new ArrayList<>();
            value.getAsJsonArray()
                    .forEach(item -> items.add(item.isJsonPrimitive() ? item.getAsString() : item.toString()));
            values.put(path, String.join(" ", items));
        } else {
            values.put(path, value.isJsonNull() ? "" : value.getAsString());
        }
    }
}
