// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gymwire.checkpoint.Safetensors.Contents;
import io.gymwire.checkpoint.Safetensors.Tensor;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SafetensorsTest {
    private static final double ODD_NAN = Double.longBitsToDouble(0x7ff8_0000_0000_beefL);

    @TempDir
    private Path directory;

    @Test
    void tensorsKeepTheirBitsAndTheirOrderWhenTheyAreWrittenAndRead() throws IOException {
        Path file = directory.resolve("model.safetensors");
        Map<String, Tensor> tensors = tensors();
        Map<String, String> metadata = Map.of("env_id", "CartPole-v1", "note", "\"quoted\" \u00e9\n");
        Safetensors.write(file, tensors, metadata);
        Contents read = Safetensors.read(file);
        assertEquals(metadata, read.metadata());
        assertEquals(List.copyOf(tensors.keySet()), List.copyOf(read.tensors().keySet()));
        assertSame(tensors, read.tensors());
    }

    @Test
    void writesTheDocumentedLayout() throws IOException {
        Path file = directory.resolve("one.safetensors");
        Tensor tensor = new Tensor(new int[] {2, 1}, new double[] {1, -2});
        Safetensors.write(file, Map.of("w", tensor), Map.of("b", "2", "a", "1"));
        String header = "{\"__metadata__\":{\"a\":\"1\",\"b\":\"2\"},"
                + "\"w\":{\"dtype\":\"F64\",\"shape\":[2,1],\"data_offsets\":[0,16]}}";
        String padded = header + " ".repeat((8 - header.length() % 8) % 8);
        assertArrayEquals(file(padded.length(), padded, 1, -2), Files.readAllBytes(file));
    }

    @Test
    void pythonLoadsTensorsFromJavaAndJavaLoadsTensorsFromPython() throws IOException {
        Path ours = directory.resolve("ours.safetensors");
        Path pythons = directory.resolve("pythons.safetensors");
        Map<String, Tensor> tensors = tensors();
        Map<String, String> metadata = Map.of("env_id", "CartPole-v1", "steps", "1000");
        Safetensors.write(ours, tensors, metadata);

        JsonObject seen = JsonParser.parseString(
                        PythonTools.run(PythonTools.script("read_safetensors.py"), ours.toString(), pythons.toString()))
                .getAsJsonObject();
        JsonObject seenTensors = seen.getAsJsonObject("tensors");
        assertEquals(tensors.keySet(), seenTensors.keySet());
        tensors.forEach((name, tensor) -> {
            JsonObject description = seenTensors.getAsJsonObject(name);
            assertEquals("float64", description.get("dtype").getAsString());
            assertEquals(
                    Arrays.toString(tensor.shape()).replace(" ", ""),
                    description.get("shape").toString());
            assertEquals(
                    HexFormat.of().formatHex(bytes(tensor.data())),
                    description.get("bytes").getAsString());
        });
        assertEquals(
                "CartPole-v1", seen.getAsJsonObject("metadata").get("env_id").getAsString());

        Contents read = Safetensors.read(pythons);
        assertEquals(metadata, read.metadata());
        assertSame(tensors, read.tensors());
    }

    @Test
    void refusesAFileThatIsTooShortOrTooLong() throws IOException {
        Path whole = directory.resolve("whole.safetensors");
        Safetensors.write(whole, tensors(), Map.of("k", "v"));
        byte[] bytes = Files.readAllBytes(whole);
        Path cut = directory.resolve("cut.safetensors");
        for (int length = 0; length < bytes.length; length++) {
            Files.write(cut, Arrays.copyOf(bytes, length));
            IOException thrown = assertThrows(IOException.class, () -> Safetensors.read(cut), "cut at " + length);
            assertTrue(
                    thrown.getMessage()
                            .startsWith(cut + " cannot be used: Gymwire cannot read this safetensors file: "),
                    thrown.getMessage());
        }
        Files.write(cut, Arrays.copyOf(bytes, bytes.length + 1));
        assertThrows(IOException.class, () -> Safetensors.read(cut), "one byte too many");
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, Integer.MAX_VALUE, 17, 0, 1})
    void refusesAnImpossibleHeaderLength(long length) throws IOException {
        Path file = directory.resolve("lying.safetensors");
        Files.write(file, file(length, "{}              "));
        IOException thrown = assertThrows(IOException.class, () -> Safetensors.read(file));
        assertTrue(
                thrown.getMessage()
                        .contains("the file gives the header's length as " + Long.toUnsignedString(length)
                                + " bytes; it must be at least 2, and only 16 bytes follow"),
                thrown.getMessage());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "[]                                                                           | not the expected JSON",
                "{\"x\":                                                                      | not the expected JSON",
                "{} {}                                                                        | not the expected JSON",
                "{\"x\":7}                                                                    | not the expected JSON",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[1.5],\"data_offsets\":[0,8]}}           | not the expected JSON",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,1e30]}}          | not the expected JSON",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[1]}}                                    | needs dtype, shape and two",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0]}}               | needs dtype, shape and two",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8],\"z\":1}}     | unknown key \"z\"",
                "{\"x\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}             | \"x\" is F32, and only F64",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[8,16]}}            | should begin at 0",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[-8,0]}}            | should begin at 0",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,-8]}}            | but ends at byte -8",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,16]}}            | but the data has 8 bytes",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[2],\"data_offsets\":[0,8]}}             | does not match its 8 bytes",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[-1,-1],\"data_offsets\":[0,8]}}         | does not match its 8 bytes",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,8]}} | does not match its 8",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[0,9223372036854775807],\"data_offsets\":[0,8]}} | does not match its 8",
                "{\"x\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,9223372036854775800]}} | the data has 8 bytes",
                "{}                                                                           | 8 bytes follow its last tensor",
            })
    void saysWhatIsWrongWithAHeader(String header, String problem) throws IOException {
        Path file = directory.resolve("bad.safetensors");
        Files.write(file, file(header.length(), header, 1.0));
        IOException thrown = assertThrows(IOException.class, () -> Safetensors.read(file));
        assertTrue(thrown.getMessage().startsWith(file.toString()), thrown.getMessage());
        assertTrue(thrown.getMessage().contains(problem), thrown.getMessage());
    }

    @Test
    void refusesATensorThatDoesNotFitItsShapeOrHasTheReservedName() {
        assertThrows(IllegalArgumentException.class, () -> new Tensor(new int[] {2, 3}, new double[5]));
        assertThrows(IllegalArgumentException.class, () -> new Tensor(new int[] {-1, -1}, new double[1]));
        assertThrows(
                IllegalArgumentException.class,
                () -> Safetensors.write(
                        directory.resolve("x"),
                        Map.of("__metadata__", new Tensor(new int[] {1}, new double[1])),
                        Map.of()));
    }

    @Test
    void namesTheExistingTensorsWhenOneIsMissing() {
        Contents contents = new Contents(tensors(), Map.of());
        assertEquals(2, contents.tensor("bias").data().length);
        assertTrue(assertThrows(IllegalArgumentException.class, () -> contents.tensor("biass"))
                .getMessage()
                .contains("[weight, bias,"));
    }

    private static Map<String, Tensor> tensors() {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        tensors.put(
                "weight", new Tensor(new int[] {2, 3}, new double[] {0.1, -0.0, Double.MIN_VALUE, 1e308, Math.PI, 3}));
        tensors.put("bias", new Tensor(new int[] {2}, new double[] {ODD_NAN, Double.NEGATIVE_INFINITY}));
        tensors.put("count", new Tensor(new int[0], new double[] {1e-4}));
        tensors.put("none", new Tensor(new int[] {0, 4}, new double[0]));
        tensors.put("\u03c3 of \"z\"", new Tensor(new int[] {1, 1}, new double[] {-7}));
        return tensors;
    }

    private static void assertSame(Map<String, Tensor> expected, Map<String, Tensor> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, tensor) -> {
            assertArrayEquals(tensor.shape(), actual.get(name).shape(), name);
            assertArrayEquals(bytes(tensor.data()), bytes(actual.get(name).data()), name);
        });
    }

    private static byte[] file(long headerLength, String header, double... data) {
        byte[] json = header.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(8 + json.length + 8 * data.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(headerLength)
                .put(json)
                .put(bytes(data))
                .array();
    }

    private static byte[] bytes(double[] data) {
        ByteBuffer bytes = ByteBuffer.allocate(8 * data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asDoubleBuffer().put(data);
        return bytes.array();
    }
}
