// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import io.gymwire.env.Seeds;
import io.gymwire.env.space.Batches;
import io.gymwire.env.space.Space;
import io.gymwire.proto.v1.Dict;
import io.gymwire.proto.v1.EnvironmentServiceProto;
import io.gymwire.proto.v1.SeedList;
import io.gymwire.proto.v1.Value;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Java decodes Python's messages and encodes them to the same bytes. src/test/python/golden_bridge.py wrote the
 * messages.
 */
class GoldenBridgeTest {
    private static final Path FILES = PythonTools.home().resolve("java-agent/client/src/test/resources/bridge");
    private static final int DRAWS = 5;

    record Entry(String name, JsonObject content) {
        byte[] bytes(String field) {
            return Base64.getDecoder().decode(content.get(field).getAsString());
        }

        @Override
        public String toString() {
            return name;
        }
    }

    @ParameterizedTest
    @MethodSource("spaces")
    void spacesAndTheirSamplesAreEncodedToTheSameBytes(Entry entry) throws InvalidProtocolBufferException {
        Space space = decodeSpace(entry.bytes("space"));
        Space batch = decodeSpace(entry.bytes("batch"));
        assertSame(entry.bytes("space"), Spaces.encode(space));
        assertSame(entry.bytes("batch"), Spaces.encode(batch));
        assertEquals(space, decodeSpace(Spaces.encode(space).toByteArray()));
        for (JsonElement sample : entry.content().getAsJsonArray("samples")) {
            Object value = decodeAndEncode(Base64.getDecoder().decode(sample.getAsString()));
            assertTrue(space.contains(value), space + " must contain " + value);
        }
        Object batched = decodeAndEncode(entry.bytes("batched"));
        assertTrue(batch.contains(batched), batch + " must contain " + batched);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void seedsAreEncodedToTheSameBytes(Entry entry) throws InvalidProtocolBufferException {
        List<Optional<BigInteger>> seeds = SeedLists.decode(SeedList.parseFrom(entry.bytes("seeds")));
        assertEquals(
                List.of(entry.name()),
                seeds.stream()
                        .map(seed -> seed.map(String::valueOf).orElse("None"))
                        .toList());
        assertSame(entry.bytes("seeds"), SeedLists.encode(Seeds.each(seeds), 1));
    }

    @ParameterizedTest
    @MethodSource("spaces")
    void batchesAreBuiltAsInPython(Entry entry) throws InvalidProtocolBufferException {
        Space space = decodeSpace(entry.bytes("space"));
        List<Object> samples = new ArrayList<>();
        for (JsonElement sample :
                entry.content().getAsJsonArray("samples").asList().subList(0, 2)) {
            samples.add(Values.decode(Value.parseFrom(Base64.getDecoder().decode(sample.getAsString()))));
        }
        Object batched = Values.decode(Value.parseFrom(entry.bytes("batched")));
        assertEquals(batched, Batches.concatenate(space, samples));
        assertSame(entry.bytes("batched"), Values.encode(Batches.concatenate(space, samples)));
        for (int i = 0; i < 2; i++) {
            assertTrue(space.contains(Batches.get(space, batched, i)));
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void valuesAreEncodedToTheSameBytes(Entry entry) throws InvalidProtocolBufferException {
        decodeAndEncode(entry.bytes("value"));
    }

    @ParameterizedTest
    @MethodSource("trajectories")
    void trajectoriesAreEncodedToTheSameBytes(Entry entry) throws InvalidProtocolBufferException {
        int translated = 0;
        for (JsonElement element : entry.content().getAsJsonArray("messages")) {
            JsonObject message = element.getAsJsonObject();
            Descriptor type = EnvironmentServiceProto.getDescriptor()
                    .findMessageTypeByName(message.get("type").getAsString());
            translated += translate(DynamicMessage.parseFrom(
                    type, Base64.getDecoder().decode(message.get("bytes").getAsString())));
        }
        // There are 4 spaces. The reset has at least 2 values: observation and infos. Each of the 6 steps has at least
        // 3 values: action, observation and infos. There is at least one more value: the environment's arguments.
        assertTrue(translated > 4 + 2 + 3 * 6, translated + " values and spaces");
    }

    @Test
    void pythonFindsThatTheSpacesContainSamplesDrawnInJava(@TempDir Path directory) throws IOException {
        Random random = new Random(8);
        List<String> lines = new ArrayList<>();
        List<Entry> entries = spaces();
        for (int i = 0; i < entries.size(); i++) {
            Space space = decodeSpace(entries.get(i).bytes("space"));
            for (int draw = 0; draw < DRAWS; draw++) {
                Object sample = space.sample(random);
                assertTrue(space.contains(sample), space + " must contain " + sample);
                lines.add(i + " "
                        + Base64.getEncoder()
                                .encodeToString(Values.encode(sample).toByteArray()));
            }
        }
        Path samples = Files.write(directory.resolve("samples"), lines);
        String count = PythonTools.run(
                PythonTools.script("check_samples.py"),
                FILES.resolve("spaces.json").toString(),
                samples.toString());
        assertEquals(lines.size(), Integer.parseInt(count.strip()));
    }

    /** Decodes and encodes every space and value in a message, and returns their number. */
    private static int translate(Message message) throws InvalidProtocolBufferException {
        int translated = 0;
        for (Object field : message.getAllFields().values()) {
            Collection<?> parts = field instanceof List<?> list ? list : List.of(field);
            for (Object part : parts) {
                if (!(part instanceof Message inner)) {
                    continue;
                }
                byte[] bytes = inner.toByteArray();
                switch (inner.getDescriptorForType().getName()) {
                    case "Space" -> assertSame(bytes, Spaces.encode(decodeSpace(bytes)));
                    case "Value" -> decodeAndEncode(bytes);
                    case "Dict" ->
                        decodeAndEncode(Value.newBuilder()
                                .setDict(Dict.parseFrom(bytes))
                                .build()
                                .toByteArray());
                    default -> {
                        translated += translate(inner) - 1;
                    }
                }
                translated++;
            }
        }
        return translated;
    }

    private static Object decodeAndEncode(byte[] bytes) throws InvalidProtocolBufferException {
        Object value = Values.decode(Value.parseFrom(bytes));
        assertSame(bytes, Values.encode(value));
        return value;
    }

    private static void assertSame(byte[] expected, Message actual) {
        assertEquals(HexFormat.of().formatHex(expected), HexFormat.of().formatHex(actual.toByteArray()));
    }

    private static Space decodeSpace(byte[] bytes) throws InvalidProtocolBufferException {
        return Spaces.decode(io.gymwire.proto.v1.Space.parseFrom(bytes));
    }

    static List<Entry> spaces() throws IOException {
        return read("spaces.json", "name");
    }

    static List<Entry> values() throws IOException {
        return read("values.json", "name");
    }

    static List<Entry> seeds() throws IOException {
        return read("seeds.json", "name");
    }

    static List<Entry> trajectories() throws IOException {
        return read("trajectories.json", "env_id");
    }

    private static List<Entry> read(String file, String name) throws IOException {
        JsonArray entries =
                JsonParser.parseString(Files.readString(FILES.resolve(file))).getAsJsonArray();
        return StreamSupport.stream(entries.spliterator(), false)
                .map(JsonElement::getAsJsonObject)
                .map(content -> new Entry(content.get(name).getAsString(), content))
                .toList();
    }
}
