// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.files.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Explains updates of short runs. */
final class ExplainCommandTest {

    /** The sections that a page has only if the update follows the natural gradient (TRPO and NPG). */
    private static final List<String> NATURAL = List.of(
            "Conjugate gradient", "The multiplier and the length of the step", "Models and functions along the step");

    private static ManagedServer server;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startServer() {
        server = ManagedServer.start();
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    /**
     * Together, the runs cover a Gaussian policy, a normaliser, an entropy bonus, lag, an action mask and reused
     * rollouts. In each run, the metrics of the explained update equal those of the run's update, bit for bit.
     */
    @ParameterizedTest
    @CsvSource({
        "Pendulum-v1, 512, --cg-iterations 4",
        "Pendulum-v1, 0, --entropy 0.01",
        "Pendulum-v1, 512, --lag 1",
        "Taxi-v4, 256, --action-mask info:action_mask",
        "CartPole-v1, 768, --reuse 2"
    })
    void theExplainedUpdateEqualsTheUpdateOfTheRun(String envId, String at, String settings) throws IOException {
        explainAndCheck(envId, at, settings, 14);
        assertHeadings(NATURAL, "The line search");
        assertFiles("path.csv", "path.svg", "path.png", "residuals.svg", "conjugate_gradient.csv", "line_search.csv");
    }

    @ParameterizedTest
    @CsvSource({"Pendulum-v1, 512, --entropy 0.01", "CartPole-v1, 768, --reuse 2"})
    void theFullStepOfNpgIsShown(String envId, String at, String settings) throws IOException {
        explainAndCheck(envId, at, "--algorithm npg " + settings, 12);
        String page = assertHeadings(NATURAL, "The full step");
        assertTrue(page.contains("The step stayed within delta") || page.contains("The step went beyond delta"), page);
        assertFiles("path.csv", "path.svg", "path.png", "residuals.svg", "conjugate_gradient.csv");
        assertFalse(Files.exists(file("line_search.csv")));
    }

    /** None of these updates is the first one of its run, so Adam begins with the moments of the previous update. */
    @ParameterizedTest
    @CsvSource({
        "Pendulum-v1, 512, --entropy 0.01, The clipped objective, 4",
        "CartPole-v1, 768, --reuse 2, The clipped objective, 8",
        "Taxi-v4, 256, --action-mask info:action_mask --kl-penalty 1, The penalised objective, 4"
    })
    void thePassesOfPpoAreShown(String envId, String at, String settings, String objective, int minibatches)
            throws IOException {
        explainAndCheck(envId, at, "--algorithm ppo " + settings, 11);
        assertHeadings(List.of(objective), "The passes over the batch");
        assertFiles("passes.csv", "passes.svg", "passes.png", "pass_places.csv");
        long passes = Files.readAllLines(file("passes.csv")).size() - 1;
        assertEquals(
                1 + 1 + minibatches * passes,
                Files.readAllLines(file("pass_places.csv")).size());
    }

    /**
     * Trains a run and explains an update. Checks that the files of the run do not change, and that the page reports
     * the same numbers as progress.csv.
     *
     * @param at the number of environment steps before the update's batch
     * @param numbers how many numbers of progress.csv the page compares
     */
    private void explainAndCheck(String envId, String at, String settings, int numbers) throws IOException {
        Path run = train(envId, settings.split(" "));
        Map<String, String> before = digests(run);
        String out = explain(run, "--at", at);
        assertEquals(before, digests(run), "explain must not change the run's files");
        String page = Files.readString(file("index.md"));
        assertTrue(page.contains("All " + numbers + " numbers of this update in progress.csv are the same"), page);
        assertTrue(page.contains("the update after " + at + " steps"), page);
        try (Stream<Path> written = Files.list(run.resolve("explain"))) {
            for (Path each : written.toList()) {
                assertTrue(out.contains(each + "\n"), out);
            }
        }
        assertFiles("index.html", "index.md", "plane.svg", "plane.png", "plane_grid.csv", "plane_curves.csv");
        assertEquals(1 + 41 * 41, Files.readAllLines(file("plane_grid.csv")).size());
    }

    private String assertHeadings(List<String> middle, String last) throws IOException {
        List<String> headings = new ArrayList<>(List.of("What was collected", "The surrogate and its gradient"));
        headings.addAll(middle);
        headings.addAll(List.of(
                last, "The plane of gradient and natural gradient", "The bound on the improvement", "The improvement"));
        String page = Files.readString(file("index.md"));
        assertEquals(
                headings,
                page.lines()
                        .filter(line -> line.startsWith("## "))
                        .map(line -> line.substring(3))
                        .toList());
        String html = Files.readString(file("index.html"));
        headings.forEach(heading -> assertTrue(html.contains("<h2>" + heading + "</h2>"), heading));
        return page;
    }

    private void assertFiles(String... names) throws IOException {
        for (String name : names) {
            assertTrue(Files.size(file(name)) > 0, name);
        }
    }

    /** A file of the explanation. */
    private Path file(String name) {
        return directory.resolve("run/explain").resolve(name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"trpo", "npg", "ppo"})
    void theDefaultIsTheNewestCheckpointAndTheErrorListsAllCheckpoints(String algorithm) throws IOException {
        Path run = train("CartPole-v1", "--algorithm", algorithm);
        explain(run);
        String page = Files.readString(run.resolve("explain/index.md"));
        assertTrue(page.contains("the update after 1,024 steps"), page);
        assertTrue(page.contains("progress.csv has no row for this update"), page);
        Cli.fail(
                List.of(
                        "contains no checkpoint of step 300",
                        "it contains the checkpoints of the steps 0, 256, 512, 768, 1024"),
                "explain",
                run.toString(),
                "--at",
                "300",
                "--server",
                server.address());
        Cli.fail(List.of("--episodes must be at least 1; got 0"), "explain", run.toString(), "--episodes", "0");
    }

    @Test
    void thePageNamesTheColumnsOfProgressCsvThatDifferFromTheExplainedUpdate() throws IOException {
        Path run = train("CartPole-v1");
        Path progress = run.resolve("progress.csv");
        List<String> lines = new ArrayList<>(Files.readAllLines(progress));
        List<String> columns = List.of(lines.get(0).split(","));
        String[] row = lines.get(3).split(",", -1);
        row[columns.indexOf("train/grad_norm")] = "0.5";
        lines.set(3, String.join(",", row));
        Files.writeString(progress, String.join("\n", lines) + "\n");
        explain(run, "--at", "512");
        String page = Files.readString(run.resolve("explain/index.md"));
        assertTrue(page.contains("progress.csv has other numbers in the columns train/grad_norm."), page);
    }

    @Test
    void theErrorNamesTheCheckpointThatLacksItsRollouts() throws IOException {
        Path run = train("CartPole-v1", "--reuse", "2");
        assertFalse(Files.exists(run.resolve("checkpoints/step_000000256.rollouts")));
        Cli.fail(
                List.of("step_000000256 lacks the rollouts", "the newest two checkpoints"),
                "explain",
                run.toString(),
                "--at",
                "256",
                "--server",
                server.address());
    }

    /** No server listens on the given address, so the command would fail in another way if it needed the server. */
    @Test
    void aRunThatCannotBeWrittenIsRefusedBeforeTheServerIsUsed() throws IOException {
        Path run = train("CartPole-v1");
        Path folder = Files.createFile(run.resolve("explain"));
        Cli.fail(
                List.of(folder + " cannot be written: ", "copy an existing run there"),
                "explain",
                run.toString(),
                "--server",
                "127.0.0.1:1");
    }

    /** Trains for four iterations, with a checkpoint after each iteration. */
    private Path train(String envId, String... settings) {
        Path run = directory.resolve("run");
        List<String> args =
                new ArrayList<>(List.of("train", envId, "--steps", "1024", "--batch", "256", "--hidden", "8"));
        args.addAll(List.of("--checkpoint-every", "0", "--envs", "4", "--anneal", "0.5", "--preset", "none"));
        args.addAll(List.of("--run-dir", run.toString(), "--server", server.address()));
        args.addAll(List.of(settings));
        Cli.succeed(args.toArray(String[]::new));
        return run;
    }

    /** Runs explain with {@code --episodes 2}, and checks that standard error shows the progress. */
    private static String explain(Path run, String... more) {
        List<String> args = new ArrayList<>(List.of("explain", run.toString(), "--server", server.address()));
        args.addAll(List.of("--episodes", "2"));
        args.addAll(List.of(more));
        Cli.Outcome outcome = Cli.run(args.toArray(String[]::new));
        assertEquals(0, outcome.code(), outcome.err());
        assertTrue(outcome.err().contains("measuring the plane: 100 %"), outcome.err());
        return outcome.out();
    }

    /** The digest of every file except the files of the explanation. */
    private static Map<String, String> digests(Path run) throws IOException {
        Map<String, String> digests = new TreeMap<>();
        try (Stream<Path> files = Files.walk(run)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.startsWith(run.resolve("explain"))) {
                    digests.put(run.relativize(file).toString(), Digests.sha256(Files.readAllBytes(file)));
                }
            }
        }
        return digests;
    }
}
