// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.protobuf.InvalidProtocolBufferException;
import io.gymwire.env.space.Space;
import io.gymwire.proto.v1.Value;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Randomly changed messages are either read or refused: by protobuf with an InvalidProtocolBufferException, or by the
 * client with an IllegalArgumentException.
 */
class DecoderFuzzTest {
    private static final int CASES = 20_000;

    private final Random random = new Random(6);
    private int read;

    @Test
    void changedSpacesAreReadOrRefused() throws IOException {
        List<GoldenBridgeTest.Entry> entries = GoldenBridgeTest.spaces();
        for (int i = 0; i < CASES; i++) {
            checkSpace(changed(entries.get(random.nextInt(entries.size())).bytes("space")));
        }
        assertTrue(read > CASES / 50, read + " of the messages were spaces");
    }

    @Test
    void changedValuesAreReadOrRefused() throws IOException {
        List<GoldenBridgeTest.Entry> entries = GoldenBridgeTest.spaces();
        List<Space> spaces = entries.stream().map(DecoderFuzzTest::space).toList();
        for (int i = 0; i < CASES; i++) {
            int entry = random.nextInt(entries.size());
            JsonElement sample =
                    entries.get(entry).content().getAsJsonArray("samples").get(0);
            Space space = spaces.get(random.nextBoolean() ? entry : random.nextInt(spaces.size()));
            checkValue(space, changed(Base64.getDecoder().decode(sample.getAsString())));
        }
        assertTrue(read > CASES / 50, read + " of the messages were values");
    }

    private void checkSpace(byte[] bytes) {
        try {
            Space space = Spaces.decode(io.gymwire.proto.v1.Space.parseFrom(bytes));
            byte[] encoded = Spaces.encode(space).toByteArray();
            assertArrayEquals(
                    encoded,
                    Spaces.encode(Spaces.decode(io.gymwire.proto.v1.Space.parseFrom(encoded)))
                            .toByteArray());
            read++;
        } catch (InvalidProtocolBufferException | IllegalArgumentException refused) {
            // Both exceptions count as refusals, also if encode or the second decode throws one. Any other exception
            // fails the test.
        }
    }

    private void checkValue(Space space, byte[] bytes) {
        Object value;
        try {
            value = Values.decode(Value.parseFrom(bytes));
        } catch (InvalidProtocolBufferException | IllegalArgumentException refused) {
            return;
        }
        space.contains(value);
        Values.encode(value);
        read++;
    }

    private static Space space(GoldenBridgeTest.Entry entry) {
        try {
            return Spaces.decode(io.gymwire.proto.v1.Space.parseFrom(entry.bytes("space")));
        } catch (InvalidProtocolBufferException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns the bytes after one to three changes: a byte replaced or inserted, or the end cut off. */
    private byte[] changed(byte[] original) {
        byte[] bytes = original.length == 0 ? new byte[] {0} : original.clone();
        for (int change = random.nextInt(3); change >= 0; change--) {
            int at = random.nextInt(bytes.length);
            switch (random.nextInt(4)) {
                case 0 -> bytes[at] = (byte) random.nextInt();
                case 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> bytes = Arrays.copyOf(bytes, Math.max(1, at));
                default -> {
                    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
                    System.arraycopy(bytes, at, longer, at + 1, bytes.length - at);
                    longer[at] = (byte) random.nextInt(20);
                    bytes = longer;
                }
            }
        }
        return bytes;
    }
}
