// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProgressCsvTest {
    private static final List<String> COLUMNS = List.of("time/total_timesteps", "rollout/ep_rew_mean", "train/success");
    private static final String HEADER = "time/total_timesteps,rollout/ep_rew_mean,train/success\n";

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("progress.csv");
    }

    @Test
    void writesEachRowImmediatelyWithNumbersInFull() throws IOException {
        try (ProgressCsv csv = new ProgressCsv(file)) {
            csv.write(row(2048, Double.NaN, true));
            assertEquals(HEADER + "2048,,true\n", Files.readString(file));
            csv.write(row(4096, 0.1 + 0.2, null));
            assertEquals(HEADER + "2048,,true\n4096,0.30000000000000004,\n", Files.readString(file));
        }
    }

    @Test
    void writesADecimalPointInEveryLocale() throws IOException {
        Locale before = Locale.getDefault();
        Locale.setDefault(Locale.GERMANY);
        try (ProgressCsv csv = new ProgressCsv(file)) {
            csv.write(row(1_000_000, 1234.5, false));
        } finally {
            Locale.setDefault(before);
        }
        assertEquals(HEADER + "1000000,1234.5,false\n", Files.readString(file));
    }

    @Test
    void writesEachRowInTheOrderOfTheHeader() throws IOException {
        try (ProgressCsv csv = new ProgressCsv(file)) {
            csv.write(row(1, 2.0, true));
            Map<String, Object> other = new LinkedHashMap<>();
            other.put("train/success", false);
            other.put("rollout/ep_rew_mean", 4.0);
            other.put("time/total_timesteps", 3);
            csv.write(other);
        }
        assertEquals(HEADER + "1,2.0,true\n3,4.0,false\n", Files.readString(file));
    }

    @Test
    void refusesARowWithOtherColumnsAndNamesThem() throws IOException {
        try (ProgressCsv csv = new ProgressCsv(file)) {
            csv.write(row(1, 2.0, true));
            Map<String, Object> other = row(3, 4.0, true);
            other.remove("train/success");
            other.put("train/std", 1.0);
            IllegalArgumentException thrown = assertThrows(IllegalArgumentException.class, () -> csv.write(other));
            assertTrue(thrown.getMessage().contains("lacks [train/success] and adds [train/std]"), thrown.getMessage());
        }
        assertEquals(HEADER + "1,2.0,true\n", Files.readString(file));
    }

    @Test
    void removesAnIncompleteLastLineWhenItReopens() throws IOException {
        try (ProgressCsv csv = new ProgressCsv(file)) {
            csv.write(row(1, 2.0, true));
        }
        Files.writeString(file, "3,4.", StandardOpenOption.APPEND);
        try (ProgressCsv csv = new ProgressCsv(file)) {
            csv.write(row(5, 6.0, true));
            assertThrows(IllegalArgumentException.class, () -> csv.write(Map.of("other", 1)));
        }
        assertEquals(HEADER + "1,2.0,true\n5,6.0,true\n", Files.readString(file));
    }

    @Test
    void startsAgainWhenTheHeaderIsIncomplete() throws IOException {
        Files.writeString(file, "time/total_ti");
        try (ProgressCsv csv = new ProgressCsv(file)) {
            csv.write(row(1, 2.0, true));
        }
        assertEquals(HEADER + "1,2.0,true\n", Files.readString(file));
    }

    @Test
    void dropsTheRowsThatAResumedRunRepeats() throws IOException {
        try (ProgressCsv csv = new ProgressCsv(file)) {
            for (int steps = 1000; steps <= 4000; steps += 1000) {
                csv.write(row(steps, steps, true));
            }
        }
        try (ProgressCsv csv = ProgressCsv.resume(file, 2000, COLUMNS)) {
            csv.write(row(3000, -1, true));
        }
        assertEquals(HEADER + "1000,1000.0,true\n2000,2000.0,true\n3000,-1.0,true\n", Files.readString(file));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "                                        | there is no such file",
                "''                                      | it has no row at step 2000, from which the run goes on; put it",
                "1000,1,true;                            | it has no row at step 2000, from which the run goes on; the last row",
                "1000,1,true;2000,2                      | it has no row at step 2000, from which the run goes on; the last row",
                "1000,1,true;2000,2;                     | it has 3 columns, but row 2000,2 has 2",
                "1000,1,true;2K00,2,true;                | there is no number in column time/total_timesteps of the row 2K00",
                "1000,1,true;2000,\u00e9,true;           | it is not UTF-8 text"
            })
    void doesNotResumeAFileWithMissingOrDamagedRows(String rows, String reason) throws IOException {
        if (rows != null) {
            Files.writeString(file, HEADER + rows.replace(';', '\n'), StandardCharsets.ISO_8859_1);
        }
        IOException thrown = assertThrows(IOException.class, () -> ProgressCsv.resume(file, 2000, COLUMNS));
        assertTrue(thrown.getMessage().startsWith(file + " cannot be used: " + reason), thrown.getMessage());
        assertTrue(
                thrown.getMessage().endsWith("; put it back from a copy, or train the run again"), thrown.getMessage());
    }

    @Test
    void doesNotResumeAFileWithoutStepNumbers() throws IOException {
        String content = "a,b\n1,2\n";
        Files.writeString(file, content);
        IOException thrown = assertThrows(IOException.class, () -> ProgressCsv.resume(file, 2000, COLUMNS));
        assertTrue(thrown.getMessage().contains("time/total_timesteps of the row 1,2"), thrown.getMessage());
        assertEquals(content, Files.readString(file));
    }

    @Test
    void doesNotResumeAFileOfAVersionWithOtherColumns() throws IOException {
        String content = "time/total_timesteps,train/success,train/older\n1000,1,2\n";
        Files.writeString(file, content);
        IOException thrown = assertThrows(IOException.class, () -> ProgressCsv.resume(file, 1000, COLUMNS));
        assertTrue(thrown.getMessage().contains("lacks [rollout/ep_rew_mean]"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("the unknown columns [train/older]"), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("with the version that began it"), thrown.getMessage());
        assertEquals(content, Files.readString(file));
    }

    @Test
    void refusesTextThatWouldBreakTheTable() throws IOException {
        try (ProgressCsv csv = new ProgressCsv(file)) {
            assertThrows(IllegalArgumentException.class, () -> csv.write(Map.of("note", "a,b")));
            assertThrows(IllegalArgumentException.class, () -> csv.write(Map.of("note", "a\nb")));
        }
    }

    private static Map<String, Object> row(int steps, double meanReturn, Boolean success) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("time/total_timesteps", steps);
        row.put("rollout/ep_rew_mean", meanReturn);
        row.put("train/success", success);
        return row;
    }
}
