// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.gymwire.files.AtomicFiles;
import io.gymwire.files.InputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Named float64 arrays in one file, in the safetensors format. NumPy, PyTorch and JAX load this format without pickle.
 *
 * <p>The file has three parts. The first is the length of the header, in 8 little-endian bytes. The second is the JSON
 * header {@code {"name": {"dtype": "F64", "shape": [..], "data_offsets": [begin, end]}, "__metadata__": {..}}}, padded
 * with spaces to a multiple of 8 bytes; the offsets are in bytes from the end of the header. The third part has the
 * elements of all arrays, in row-major order and little-endian, without gaps.
 */
public final class Safetensors {
    static final String METADATA = "__metadata__";
    static final String F64 = "F64";

    private Safetensors() {}

    /**
     * A dense array.
     *
     * @param shape length of each dimension; empty for a scalar
     * @param data the elements in row-major order, as many as the product of the lengths in {@code shape}; not
     *     copied
     */
    public record Tensor(int[] shape, double[] data) {
        public Tensor {
            long size = 1;
            for (int length : shape) {
                if (length < 0) {
                    throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " has a negative length");
                }
                size = Math.multiplyExact(size, (long) length);
            }
            if (size != data.length) {
                throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " has " + size
                        + " elements, but the data has " + data.length);
            }
        }
    }

    /**
     * The content of a file.
     *
     * @param tensors the tensors by name, in the header's order
     * @param metadata texts of any content, by key; empty if the file has none
     */
    public record Contents(Map<String, Tensor> tensors, Map<String, String> metadata) {
        /** The tensor of that name. */
        public Tensor tensor(String name) {
            Tensor tensor = tensors.get(name);
            if (tensor == null) {
                throw new IllegalArgumentException("no tensor \"" + name + "\"; the file has " + tensors.keySet());
            }
            return tensor;
        }
    }

    /**
     * Writes {@code tensors} in their iteration order, atomically. The metadata is sorted by key, so the iteration
     * order of {@code metadata} does not change the bytes.
     *
     * @return the SHA-256 of the file, in hexadecimal digits
     */
    public static String write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata)
            throws IOException {
        byte[] header = header(tensors, metadata);
        return AtomicFiles.write(path, out -> {
            out.write(ByteBuffer.allocate(Long.BYTES)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .array());
            out.write(header);
            for (Tensor tensor : tensors.values()) {
                ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(tensor.data().length, Double.BYTES));
                bytes.order(ByteOrder.LITTLE_ENDIAN).asDoubleBuffer().put(tensor.data());
                out.write(bytes.array());
            }
        });
    }

    /**
     * Reads a whole file of float64 tensors.
     *
     * @throws IOException if the file is truncated, is not a safetensors file, or contains another dtype; the message
     *     names the file and the problem
     */
    public static Contents read(Path path) throws IOException {
        InputFile file = new InputFile(path, "put it back from a copy, or make it again");
        return read(file, file.bytes());
    }

    /** Reads the content of a file from its bytes. */
    static Contents read(InputFile file, byte[] bytes) throws IOException {
        return new SafetensorsReader(file, bytes).read();
    }

    private static byte[] header(Map<String, Tensor> tensors, Map<String, String> metadata) {
        JsonObject header = new JsonObject();
        if (!metadata.isEmpty()) {
            JsonObject texts = new JsonObject();
            new TreeMap<>(metadata).forEach(texts::addProperty);
            header.add(METADATA, texts);
        }
        long offset = 0;
        for (Map.Entry<String, Tensor> entry : tensors.entrySet()) {
            if (entry.getKey().equals(METADATA)) {
                throw new IllegalArgumentException("\"" + METADATA + "\" is reserved; give the tensor another name");
            }
            Tensor tensor = entry.getValue();
            JsonArray shape = new JsonArray();
            for (int length : tensor.shape()) {
                shape.add(length);
            }
            JsonArray offsets = new JsonArray();
            offsets.add(offset);
            offset += (long) Double.BYTES * tensor.data().length;
            offsets.add(offset);
            JsonObject description = new JsonObject();
            description.addProperty("dtype", F64);
            description.add("shape", shape);
            description.add("data_offsets", offsets);
            header.add(entry.getKey(), description);
        }
        byte[] json = header.toString().getBytes(StandardCharsets.UTF_8);
        byte[] padded = Arrays.copyOf(json, (json.length + 7) / 8 * 8);
        Arrays.fill(padded, json.length, padded.length, (byte) ' ');
        return padded;
    }

    /**
     * The numbers of a tensor.
     *
     * @param length the expected number of elements
     * @throws IllegalArgumentException if the tensor is missing or has another size
     */
    static double[] numbers(Map<String, Tensor> tensors, String name, int length) {
        Tensor tensor = tensors.get(name);
        if (tensor == null || tensor.data().length != length) {
            throw new IllegalArgumentException(name + " should have " + length + " numbers, but "
                    + (tensor == null ? "is missing" : "has " + tensor.data().length));
        }
        return tensor.data();
    }
}
