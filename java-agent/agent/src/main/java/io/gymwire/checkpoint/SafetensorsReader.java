// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.MalformedJsonException;
import io.gymwire.checkpoint.Safetensors.Contents;
import io.gymwire.checkpoint.Safetensors.Tensor;
import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import java.io.EOFException;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A reader of one safetensors file. It compares every length in the header with the bytes in the file before it
 * allocates memory for the tensors.
 */
final class SafetensorsReader {
    private static final int LENGTH_BYTES = Long.BYTES;

    private final InputFile file;
    private final byte[] content;

    SafetensorsReader(InputFile file, byte[] content) {
        this.file = file;
        this.content = content;
    }

    Contents read() throws IOException {
        if (content.length < LENGTH_BYTES) {
            throw bad("it has " + content.length + " bytes, too few for the number that gives the header's length");
        }
        ByteBuffer bytes = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        long headerLength = bytes.getLong();
        if (headerLength < 2 || headerLength > bytes.remaining()) {
            throw bad("the file gives the header's length as " + Long.toUnsignedString(headerLength)
                    + " bytes; it must be at least 2, and only " + bytes.remaining() + " bytes follow");
        }
        ByteBuffer header = bytes.slice(LENGTH_BYTES, (int) headerLength);
        ByteBuffer data = bytes.slice(LENGTH_BYTES + (int) headerLength, bytes.remaining() - (int) headerLength)
                .order(ByteOrder.LITTLE_ENDIAN);

        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> entries = new ArrayList<>();
        parse(decode(header), entries, metadata);
        checkLayout(entries, data.capacity());

        Map<String, Tensor> tensors = new LinkedHashMap<>();
        for (Entry entry : entries) {
            double[] values = new double[(int) ((entry.end - entry.begin) / Double.BYTES)];
            data.position((int) entry.begin);
            data.asDoubleBuffer().get(values);
            if (tensors.put(entry.name, new Tensor(entry.shape(), values)) != null) {
                throw bad("it has two tensors \"" + entry.name + "\"");
            }
        }
        return new Contents(tensors, metadata);
    }

    /**
     * One tensor as the header describes it. The lengths of its dimensions are in elements; begin and end are byte
     * positions in the data.
     */
    private record Entry(String name, String dtype, List<Long> lengths, long begin, long end) {
        /** The lengths as an int array. The caller must have checked that each length fits into an int. */
        int[] shape() {
            return lengths.stream().mapToInt(Long::intValue).toArray();
        }
    }

    private String decode(ByteBuffer header) throws IOException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(header).toString();
        } catch (CharacterCodingException e) {
            throw bad("its header is not UTF-8 text");
        }
    }

    private void parse(String header, List<Entry> entries, Map<String, String> metadata) throws IOException {
        JsonReader json = new JsonReader(new StringReader(header));
        json.setStrictness(Strictness.STRICT);
        try {
            json.beginObject();
            while (json.hasNext()) {
                String name = json.nextName();
                if (name.equals(Safetensors.METADATA)) {
                    json.beginObject();
                    while (json.hasNext()) {
                        metadata.put(json.nextName(), json.nextString());
                    }
                    json.endObject();
                } else {
                    entries.add(entry(name, json));
                }
            }
            json.endObject();
            json.peek();
        } catch (MalformedJsonException | EOFException | IllegalStateException | NumberFormatException e) {
            throw bad("its header is not the expected JSON: " + e.getMessage());
        }
    }

    private Entry entry(String name, JsonReader json) throws IOException {
        String dtype = null;
        List<Long> shape = null;
        List<Long> offsets = null;
        json.beginObject();
        while (json.hasNext()) {
            String key = json.nextName();
            switch (key) {
                case "dtype" -> dtype = json.nextString();
                case "shape" -> shape = counts(json);
                case "data_offsets" -> offsets = counts(json);
                default -> throw bad("tensor \"" + name + "\" has an unknown key \"" + key + "\"");
            }
        }
        json.endObject();
        if (dtype == null || shape == null || offsets == null || offsets.size() != 2) {
            throw bad("tensor \"" + name + "\" needs dtype, shape and two data_offsets");
        }
        return new Entry(name, dtype, shape, offsets.get(0), offsets.get(1));
    }

    private static List<Long> counts(JsonReader json) throws IOException {
        List<Long> counts = new ArrayList<>();
        json.beginArray();
        while (json.hasNext()) {
            counts.add(json.nextLong());
        }
        json.endArray();
        return counts;
    }

    /**
     * Checks that the tensors are float64, have the sizes of their shapes, and cover the data without gap or overlap.
     */
    private void checkLayout(List<Entry> entries, int dataLength) throws IOException {
        List<Entry> ordered = new ArrayList<>(entries);
        ordered.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long expected = 0;
        for (Entry entry : ordered) {
            String tensor = "tensor \"" + entry.name + "\" ";
            if (!entry.dtype.equals(Safetensors.F64)) {
                throw bad(tensor + "is " + entry.dtype + ", and only F64 is read; save it as float64");
            }
            if (entry.begin != expected) {
                throw bad(tensor + "begins at byte " + entry.begin + ", but should begin at " + expected);
            }
            if (entry.end < entry.begin) {
                throw bad(tensor + "begins at byte " + entry.begin + ", but ends at byte " + entry.end);
            }
            if (entry.end > dataLength) {
                throw bad(tensor + "ends at byte " + entry.end + ", but the data has " + dataLength + " bytes");
            }
            if (bytes(entry.lengths) != entry.end - entry.begin) {
                throw bad(tensor + "has shape " + entry.lengths + ", which does not match its "
                        + (entry.end - entry.begin) + " bytes");
            }
            expected = entry.end;
        }
        if (expected != dataLength) {
            throw bad((dataLength - expected) + " bytes follow its last tensor");
        }
    }

    /**
     * The size in bytes of a float64 array with these lengths; -1 if a length is negative or more than
     * Integer.MAX_VALUE. The result is also -1 if, for some k, the product of the first k lengths is more than
     * Integer.MAX_VALUE.
     */
    private static long bytes(List<Long> lengths) {
        long elements = 1;
        for (long length : lengths) {
            if (length < 0 || length > Integer.MAX_VALUE) {
                return -1;
            }
            elements *= length;
            if (elements > Integer.MAX_VALUE) {
                return -1;
            }
        }
        return elements * Double.BYTES;
    }

    private FileException bad(String problem) {
        return file.unusable("Gymwire cannot read this safetensors file: " + problem, null);
    }
}
