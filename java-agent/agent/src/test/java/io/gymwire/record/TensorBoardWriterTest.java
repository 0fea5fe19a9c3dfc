// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TensorBoardWriterTest {
    private static final Clock CLOCK = Clock.fixed(Instant.ofEpochSecond(1_700_000_000, 250_000_000), ZoneOffset.UTC);

    // The bytes of three events, as the RecordWriter of TensorBoard 2.x writes them.
    private static final String FILE_VERSION =
            "1800000000000000a37f4b220900001040fc54d9411a0d627261696e2e4576656e743a32338d2fe9";
    private static final String SCALAR = "2a00000000000000ae8d91f50900001040fc54d9411080102a1c0a1a0a13"
            + "726f6c6c6f75742f65705f7265775f6d65616e150000ac4106092687";
    private static final String RESUME = "100000000000000095fbfe180900001040fc54d9411081203a020801c1e265e1";

    @TempDir
    private Path directory;

    @Test
    void writesTheBytesThatTensorBoardWrites() throws IOException {
        try (TensorBoardWriter writer = new TensorBoardWriter(directory, CLOCK)) {
            writer.scalar("rollout/ep_rew_mean", 2048, 21.5);
            writer.resumeAfter(4096);
        }
        assertEquals(FILE_VERSION + SCALAR + RESUME, HexFormat.of().formatHex(Files.readAllBytes(files().get(0))));
    }

    @Test
    void tensorBoardDropsTheOldScalarsAfterTheStepAtWhichTheRunResumed() throws IOException {
        try (TensorBoardWriter writer = new TensorBoardWriter(directory)) {
            for (int step = 0; step <= 5000; step += 1000) {
                writer.scalar("rollout/ep_rew_mean", step, step / 100.0);
            }
            writer.scalar("train/std", 5_000_000_000L, -0.1);
        }
        try (TensorBoardWriter writer = new TensorBoardWriter(directory)) {
            writer.resumeAfter(3000);
            writer.scalar("rollout/ep_rew_mean", 4000, Double.NaN);
            writer.scalar("time/fps", 4000, 1e300);
        }
        JsonObject tags = JsonParser.parseString(
                        PythonTools.run(PythonTools.script("read_tensorboard.py"), directory.toString()))
                .getAsJsonObject();
        assertEquals("0:0.0 1000:10.0 2000:20.0 3000:30.0 4000:NaN", points(tags, "rollout/ep_rew_mean"));
        assertEquals("4000:Infinity", points(tags, "time/fps"));
        assertEquals("", points(tags, "train/std"));
    }

    @Test
    void whatWasFlushedIsInTheFileBeforeTheWriterIsClosed() throws IOException {
        TensorBoardWriter crashed = new TensorBoardWriter(directory, CLOCK);
        crashed.scalar("rollout/ep_rew_mean", 2048, 21.5);
        crashed.flush();
        assertEquals(FILE_VERSION + SCALAR, HexFormat.of().formatHex(Files.readAllBytes(files().get(0))));
        crashed.close();
    }

    /** Persian has its own digits. They must not be in the names of files. */
    @Test
    void givesEveryWriterItsOwnFileInEveryLocale() throws IOException {
        Locale before = Locale.getDefault();
        for (Locale locale : List.of(Locale.ROOT, Locale.forLanguageTag("fa-IR"), before)) {
            Locale.setDefault(locale);
            try {
                new TensorBoardWriter(directory, CLOCK).close();
            } finally {
                Locale.setDefault(before);
            }
        }
        assertEquals(3, files().size());
        for (Path file : files()) {
            String name = file.getFileName().toString();
            assertTrue(name.matches("events\\.out\\.tfevents\\.1700000000\\.[A-Za-z0-9-]+\\.[0-9]+\\.[012]"), name);
        }
    }

    private List<Path> files() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        }
    }

    private static String points(JsonObject tags, String tag) {
        StringBuilder text = new StringBuilder();
        tags.getAsJsonArray(tag).forEach(element -> {
            JsonArray point = element.getAsJsonArray();
            text.append(text.isEmpty() ? "" : " ")
                    .append(point.get(1).getAsLong())
                    .append(':')
                    .append(point.get(2).getAsDouble());
        });
        return text.toString();
    }
}
