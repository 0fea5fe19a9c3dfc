// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.testing.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code train --lag 1}. */
class LagCommandTest {

    private static final String LAST = "checkpoints/step_000004096.safetensors";

    @TempDir
    private Path directory;

    @Test
    void theResultsDoNotDependOnThreadsOrWorkersOrCheckpoints() throws IOException, InterruptedException {
        Path alone = train(1, "--lag", "1", "--workers", "1", "--checkpoint-every", "0");
        Path four = train(4, "--lag", "1", "--workers", "2");
        assertEquals(
                RunFiles.withoutTimes(alone.resolve("progress.csv")),
                RunFiles.withoutTimes(four.resolve("progress.csv")));
        assertEquals(RunFiles.episodes(alone), RunFiles.episodes(four));
        assertArrayEquals(Files.readAllBytes(alone.resolve(LAST)), Files.readAllBytes(four.resolve(LAST)));
        Path without = train(2, "--workers", "2");
        assertFalse(Arrays.equals(Files.readAllBytes(alone.resolve(LAST)), Files.readAllBytes(without.resolve(LAST))));
        assertTrue(Cli.succeed("verify", alone.toString()).contains("identical"));
    }

    private Path train(int threads, String... more) throws IOException, InterruptedException {
        Path run = directory.resolve(threads + "threads");
        List<String> cores = List.of(
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + threads,
                "-XX:ActiveProcessorCount=" + threads);
        List<String> words = new ArrayList<>(List.of("train", "HalfCheetah-v5", "--steps", "4096"));
        words.addAll(List.of("--batch", "1024", "--run-dir", run.toString()));
        words.addAll(List.of(more));
        try (AgentProcess agent = new AgentProcess(directory, cores, words.toArray(String[]::new))) {
            assertEquals(0, agent.awaitEnd(), agent.err());
        }
        return run;
    }
}
