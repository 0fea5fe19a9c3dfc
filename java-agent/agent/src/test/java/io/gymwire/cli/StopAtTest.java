// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.record.Csv;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The option {@code --stop-at RETURN}: a run ends when the mean return of its last 100 training episodes reaches the
 * given return.
 */
final class StopAtTest {

    @TempDir
    private Path folder;

    @Test
    void aRunEndsAtTheGivenReturnAndCanBeResumedWithAHigherReturn() throws IOException {
        Path run = folder.resolve("run");
        String[] settings = {"--steps", "200000", "--seed", "3", "--checkpoint-every", "0", "--run-dir"};
        String out = Cli.succeed(train(settings, run, "--stop-at", "60"));
        assertTrue(out.contains("finished after"), out);
        assertTrue(out.contains("the run ended early because the mean return reached --stop-at 60"), out);
        assertTrue(Files.readString(run.resolve("manifest.json")).contains("\"status\": \"finished\""));
        assertReached(run, 60);
        long iterations = rows(run).size();

        Cli.fail(
                List.of("has reached its --stop-at 60", "give a higher --stop-at"),
                "train",
                "--resume",
                run.toString());

        Cli.succeed("train", "--resume", run.toString(), "--stop-at", "90");
        assertReached(run, 90);
        assertTrue(rows(run).size() > iterations);

        // The results are the same as those of a run that did not stop at 60.
        Path whole = folder.resolve("whole");
        Cli.succeed(train(settings, whole, "--stop-at", "90"));
        assertEquals(returns(whole), returns(run));
    }

    @Test
    void aGivenReturnThatIsNotReachedDoesNotChangeTheRun() throws IOException {
        Path stopped = folder.resolve("stopped");
        Path free = folder.resolve("free");
        String[] settings = {"--steps", "4096", "--seed", "3", "--run-dir"};
        String out = Cli.succeed(train(settings, stopped, "--stop-at", "1e6"));
        assertTrue(!out.contains("ended early"), out);
        Cli.succeed(train(settings, free));
        assertEquals(returns(free), returns(stopped));
    }

    @Test
    void aSweepSkipsARunThatReachedTheGivenReturnAndContinuesItWithAHigherReturn() throws IOException {
        String[] sweep = {
            "sweep", "CartPole-v1", "--seeds", "3", "--jobs", "1", "--steps", "200000", "--dir", folder.toString()
        };
        Cli.succeed(with(sweep, "--stop-at", "60"));
        Path run = folder.resolve("CartPole-v1__s3");
        assertReached(run, 60);
        int iterations = rows(run).size();
        assertTrue(Cli.succeed(with(sweep, "--stop-at", "60")).contains("finished before"));
        assertEquals(iterations, rows(run).size());
        Cli.succeed(with(sweep, "--stop-at", "90"));
        assertReached(run, 90);
        assertTrue(rows(run).size() > iterations);
    }

    private static void assertReached(Path run, double goal) throws IOException {
        List<Double> means = returns(run);
        assertTrue(means.get(means.size() - 1) >= goal, means.toString());
        assertTrue(rows(run).size() * 2048 < 200_000, "the run did not end early");
        long episodes = Files.readAllLines(run.resolve("monitor.csv")).size() - 2;
        assertTrue(episodes >= 100, "the run ended after only " + episodes + " episodes");
    }

    private static String[] train(String[] settings, Path run, String... more) {
        String[] start = with(with(new String[] {"train", "CartPole-v1"}, settings), run.toString());
        return with(start, more);
    }

    private static String[] with(String[] words, String... more) {
        String[] all = new String[words.length + more.length];
        System.arraycopy(words, 0, all, 0, words.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return all;
    }

    private static List<String> rows(Path run) throws IOException {
        return Csv.completeLines(run.resolve("progress.csv")).stream().skip(1).toList();
    }

    private static List<Double> returns(Path run) throws IOException {
        List<String> columns =
                Csv.split(Csv.completeLines(run.resolve("progress.csv")).get(0));
        int column = columns.indexOf("rollout/ep_rew_mean");
        return rows(run).stream()
                .map(row -> Csv.split(row).get(column))
                .map(value -> value.isEmpty() ? Double.NaN : Double.valueOf(value))
                .toList();
    }
}
