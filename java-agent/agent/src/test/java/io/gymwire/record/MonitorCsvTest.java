// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MonitorCsvTest {
    private static final double START = 1_700_000_000.5;

    @TempDir
    private Path directory;

    private Path file;

    @BeforeEach
    void nameTheFile() {
        file = directory.resolve("monitor.csv");
    }

    @Test
    void writesTheFormatOfStableBaselines3() throws IOException {
        try (MonitorCsv csv = new MonitorCsv(file, "CartPole-v1", START)) {
            csv.episode(21, 21, START + 0.125);
            csv.episode(-1234.5678, 1000, START + 12.25);
            csv.flush();
            assertEquals(
                    "#{\"t_start\":1700000000.5,\"env_id\":\"CartPole-v1\"}\n"
                            + "r,l,t\n21.0,21,0.125000\n-1234.5678,1000,12.250000\n",
                    Files.readString(file));
        }
    }

    @Test
    void continuesAnInterruptedRunWithItsFirstStartTime() throws IOException {
        try (MonitorCsv csv = new MonitorCsv(file, "CartPole-v1", START)) {
            for (int episode = 1; episode <= 4; episode++) {
                csv.episode(episode, 10, START + episode);
            }
        }
        Files.writeString(file, "5.0,1", StandardOpenOption.APPEND);
        try (MonitorCsv csv = MonitorCsv.resume(file, 2)) {
            csv.episode(33, 10, START + 100);
        }
        assertEquals(
                "r,l,t\n1.0,10,1.000000\n2.0,10,2.000000\n33.0,10,100.000000\n",
                Files.readString(file).split("\n", 2)[1]);
    }

    @Test
    void refusesToContinueAFileWithMissingEpisodes() throws IOException {
        String content = "#{\"t_start\": 1}\nr,l,t\n1.0,10,1.0\n";
        Files.writeString(file, content);
        IOException thrown = assertThrows(IOException.class, () -> MonitorCsv.resume(file, 2));
        assertTrue(
                thrown.getMessage()
                        .startsWith(file + " cannot be used: it has 1 episode, but the run goes on"
                                + " after episode 2; put it back"),
                thrown.getMessage());
        assertEquals(content, Files.readString(file));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "r,l,t\n",
                "#{\"t_start\": 1}\nr,l\n",
                "#{}\nr,l,t\n",
                "#[1]\nr,l,t\n",
                "#{\"t_start\": \"now\"}\nr,l,t\n",
                "#{\"t_start\": [1, 2]}\nr,l,t\n",
                "#{\nr,l,t\n"
            })
    void refusesToContinueAFileOfAnotherFormat(String content) throws IOException {
        Files.writeString(file, content);
        IOException thrown = assertThrows(IOException.class, () -> MonitorCsv.resume(file, 2));
        assertTrue(thrown.getMessage().startsWith(file + " cannot be used: it "), thrown.getMessage());
        assertEquals(content, Files.readString(file));
    }
}
