// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.testing.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CurveEvaluationTest {

    private static final String[] EVALUATED = {"--eval-every", "1000", "--eval-episodes", "3"};

    @TempDir
    private Path directory;

    @Test
    void evaluationsComeEvery1000StepsAndAtTheEndAndDoNotChangeTheTraining() throws IOException {
        Path evaluated = directory.resolve("evaluated");
        String out = train(evaluated, "2560", EVALUATED);
        assertTrue(out.contains("evaluation at 1,024 steps, 3 episodes: deterministic "), out);
        Path plain = directory.resolve("plain");
        train(plain, "2560");
        assertEquals(
                RunFiles.withoutTimes(plain.resolve("progress.csv")),
                RunFiles.withoutTimes(evaluated.resolve("progress.csv")));
        assertFalse(Files.exists(plain.resolve("eval")));

        List<String> rows = Files.readAllLines(evaluated.resolve("eval/curve.csv"));
        assertEquals("step,seed,episode,return,length,policy", rows.get(0));
        assertEquals(1 + 3 * 6, rows.size());
        for (int i = 0; i < 18; i++) {
            List<String> fields = List.of(rows.get(1 + i).split(","));
            assertEquals(List.of("1024", "2048", "2560").get(i / 6), fields.get(0));
            assertEquals(Integer.toString(1000000 + i % 3), fields.get(1));
            assertEquals(i % 6 < 3 ? "deterministic" : "stochastic", fields.get(5));
        }

        for (String policy : List.of("deterministic", "stochastic")) {
            Cli.succeed("eval", evaluated.toString(), "--episodes", "3", "--" + policy);
            List<String> last = new ArrayList<>();
            for (String row : rows) {
                if (row.startsWith("2560,") && row.endsWith(policy)) {
                    last.add(row);
                }
            }
            List<String> alone = Files.readAllLines(evaluated.resolve("eval/evaluations.csv"));
            assertEquals(alone.subList(1, 4), last);
        }
    }

    @Test
    void aResumedRunHasTheSameEvaluationsAsAnUninterruptedOne() throws IOException {
        Path whole = directory.resolve("whole");
        train(whole, "3072", EVALUATED);
        Path parts = directory.resolve("parts");
        train(parts, "2048", EVALUATED);
        Path curve = parts.resolve("eval/curve.csv");
        Files.writeString(curve, Files.readString(curve) + "3072,1000000,0,99.0,99,deterministic\n3072,10000");
        Cli.succeed("train", "--resume", parts.toString(), "--steps", "3072");
        assertEquals(Files.readString(whole.resolve("eval/curve.csv")), Files.readString(curve));
    }

    private static String train(Path run, String steps, String... more) throws IOException {
        List<String> command = new ArrayList<>(List.of("train", "CartPole-v1", "--steps", steps, "--batch", "512"));
        command.addAll(List.of("--envs", "4", "--critic-epochs", "2", "--anneal-steps", "3072"));
        command.addAll(List.of("--run-dir", run.toString()));
        command.addAll(List.of(more));
        return Cli.succeed(command.toArray(String[]::new));
    }
}
