// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningTest {

    @TempDir
    private Path directory;

    /** CartPole-v1 is solved if the mean return of 100 episodes reaches 475, the environment's reward threshold. */
    @ParameterizedTest
    @CsvSource({"trpo, 0", "npg, 0", "ppo, 0", "trpo, 1"})
    void everyAlgorithmSolvesCartPole(String algorithm, String lag) throws IOException {
        Path run = directory.resolve("run");
        Cli.succeed(
                "train",
                "CartPole-v1",
                "--seed",
                "1",
                "--algorithm",
                algorithm,
                "--lag",
                lag,
                "--stop-at",
                "475",
                "--run-dir",
                run.toString());
        JsonObject result = JsonParser.parseString(Files.readString(run.resolve("manifest.json")))
                .getAsJsonObject()
                .getAsJsonObject("result");
        assertTrue(result.get("best_ep_rew_mean").getAsDouble() >= 475, result::toString);
        assertTrue(result.get("best_at").getAsLong() <= 100_000, result::toString);
        Cli.assertNoOtherServers();
    }
}
