// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.testing.Video;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvalCommandTest {

    private static ManagedServer server;

    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    @BeforeAll
    static void train() {
        server = ManagedServer.start();
        Cli.succeed(
                "train",
                "CartPole-v1",
                "--steps",
                "512",
                "--batch",
                "512",
                "--run-dir",
                shared.resolve("run").toString(),
                "--server",
                server.address());
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void writesOneRowPerEpisode() throws IOException {
        Path run = shared.resolve("run");
        String out = eval(run, "--episodes", "3");
        assertTrue(out.startsWith("CartPole-v1, 3 episodes, deterministic policy: return "), out);
        assertTrue(out.contains(run.resolve("eval/evaluations.csv").toString()), out);
        List<String> lines = rows(run);
        assertEquals("step,seed,episode,return,length,policy", lines.get(0));
        assertEquals(4, lines.size());
        for (int episode = 0; episode < 3; episode++) {
            String[] fields = lines.get(episode + 1).split(",");
            assertTrue(Long.parseLong(fields[0]) > 0);
            assertEquals(1_000_000 + episode, Long.parseLong(fields[1]));
            assertEquals(episode, Integer.parseInt(fields[2]));
            // CartPole gives a reward of 1 for each step.
            assertEquals(Long.parseLong(fields[4]), Double.parseDouble(fields[3]));
            assertEquals("deterministic", fields[5]);
        }
    }

    @Test
    void anEpisodeDoesNotDependOnTheNumberOfEpisodesOrEvaluations() throws IOException {
        Path run = shared.resolve("run");
        for (String policy : List.of("--deterministic", "--stochastic")) {
            eval(run, "--episodes", "20", policy);
            List<String> twenty = rows(run);
            eval(run, "--episodes", "20", policy);
            assertEquals(twenty, rows(run));
            eval(run, "--episodes", "3", policy);
            assertEquals(twenty.subList(0, 4), rows(run));
        }
    }

    @Test
    void theStochasticPolicyHasOtherReturnsThanTheDeterministicPolicy() throws IOException {
        Path run = shared.resolve("run");
        eval(run, "--episodes", "5", "--deterministic");
        List<String> deterministic = returns(run);
        eval(run, "--episodes", "5", "--stochastic");
        assertNotEquals(deterministic, returns(run));
        assertTrue(rows(run).get(1).endsWith(",stochastic"));
    }

    @Test
    void filmsTheFirstEpisodes() throws IOException {
        Path run = shared.resolve("run");
        String out = eval(run, "--episodes", "3", "--video", "--video-episodes", "2");
        for (int episode = 0; episode < 2; episode++) {
            Path file = run.resolve("videos/episode-" + episode + ".mp4");
            int length = Integer.parseInt(rows(run).get(episode + 1).split(",")[4]);
            assertTrue(out.contains(file + ": return " + length + ".00, " + length + " steps"), out);
            Video video = Video.read(file);
            assertEquals(length + 1, video.colours.length);
            assertEquals(50.0, video.rate);
        }
        assertFalse(Files.exists(run.resolve("videos/episode-2.mp4")));
        Cli.fail(
                List.of("--video-episodes must be from 1 to --episodes (3); got 4"),
                "eval",
                run.toString(),
                "--episodes",
                "3",
                "--video",
                "--video-episodes",
                "4");
    }

    @Test
    void theOptionsDeterministicAndStochasticCannotBeCombinedAndZeroEpisodesAreRefused() {
        Cli.fail(
                List.of("--deterministic", "--stochastic", "mutually exclusive"),
                "eval",
                shared.resolve("run").toString(),
                "--deterministic",
                "--stochastic");
        Cli.fail(
                List.of("--episodes must be at least 1; got 0"),
                "eval",
                shared.resolve("run").toString(),
                "--episodes",
                "0");
    }

    @Test
    void theErrorNamesADirectoryWithoutARun() throws IOException {
        Path absent = directory.resolve("absent");
        refuse(absent, "run directory " + absent + " does not exist", "that train made");
        refuse(directory, "directory " + directory + " contains no run", "that train made");
    }

    @Test
    void aRunWithoutACheckpointIsNamed() throws IOException {
        Path run = copy();
        try (Stream<Path> files = Files.list(run.resolve("checkpoints"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        refuse(run, run.resolve("checkpoints") + " contains no checkpoint", "train it again");
    }

    @Test
    void aDamagedCheckpointIsNamedAndTheNewestWholeOneIsUsed() throws IOException {
        Path run = copy();
        Path tensors = run.resolve("checkpoints/step_000000512.safetensors");
        byte[] whole = Files.readAllBytes(tensors);
        byte[] damaged = whole.clone();
        damaged[damaged.length / 2] ^= 1;
        Files.write(tensors, damaged);
        String out = eval(run, "--episodes", "2");
        assertTrue(
                out.startsWith(tensors + " is missing or damaged (its SHA-256 is not the one in step_000000512.sha256);"
                        + " using step_000000000 instead\n"),
                out);
        Files.write(tensors, whole);
        assertFalse(eval(run, "--episodes", "2").contains("damaged"));

        Files.delete(run.resolve("eval/evaluations.csv"));
        Files.delete(run.resolve("eval"));
        Files.delete(tensors);
        Files.writeString(run.resolve("checkpoints/step_000000000.json"), "{");
        refuse(
                run,
                tensors + " is missing or damaged (there is no such file",
                "no whole checkpoint",
                "train the run again");
    }

    @Test
    void aSettingThatIsNewerThanTheRunHasItsDefault() throws IOException {
        Path run = copy();
        eval(run, "--episodes", "2");
        List<String> rows = rows(run);
        Path config = run.resolve("config.json");
        String text = Files.readString(config);
        String older = text.replaceAll("(?s)\\s*\"noise-color\": \\{.*?\\},", "");
        assertNotEquals(text, older);
        Files.writeString(config, older);
        eval(run, "--episodes", "2");
        assertEquals(rows, rows(run));
    }

    @Test
    void aDamagedConfigurationIsNamed() throws IOException {
        Path run = copy();
        Path config = run.resolve("config.json");
        for (String text : List.of(
                "{",
                "[]",
                "{}",
                "{'gamma': 1}",
                "{} {}",
                "{'env_id': {'value': 133K0}}",
                "{'env_id': {'value': 'CartPole-v1', 'source': 'x'}, 'batch': {'value': '5K2', 'source': 'x'}}",
                "{'env_id': {'value': 'CartPole-v1', 'source': 'x'}, 'gamma': {'value': '9', 'source': 'x'}}",
                "{'env_id': {'value': null, 'source': null}}",
                "{'env_id': {'value': 'CartPole-v1', 'source': 'x'}, 'speed': {'value': 1, 'source': 'x'}}")) {
            Files.writeString(config, text.replace('\'', '"'));
            refuse(run, config + " cannot be used: ", "train the run again");
        }
        Files.delete(config);
        refuse(run, config + " cannot be used: there is no such file", "train the run again");
    }

    /** No server listens on the given address, so the command would fail in another way if it needed the server. */
    @ParameterizedTest
    @ValueSource(strings = {"eval", "videos"})
    void aRunThatCannotBeWrittenIsRefusedBeforeTheServerIsUsed(String folder) throws IOException {
        Path run = copy();
        Files.createFile(run.resolve(folder));
        Cli.fail(
                List.of(run.resolve(folder) + " cannot be written: ", "copy an existing run there"),
                "eval",
                run.toString(),
                "--video",
                "--server",
                "127.0.0.1:1");
    }

    @Test
    void theReturnsAreShownEvenIfTheirFileCannotBeWritten() throws IOException {
        Path run = copy();
        Files.createDirectories(run.resolve("eval/evaluations.csv/folder"));
        Cli.Outcome outcome = Cli.run("eval", run.toString(), "--episodes", "2", "--server", server.address());
        Cli.assertComplaint(outcome.code(), outcome.err(), List.of("evaluations.csv cannot be written: "));
        assertTrue(outcome.out().startsWith("CartPole-v1, 2 episodes, deterministic policy: return "), outcome.out());
    }

    @Test
    void anEvaluationEndsItsManagedServer() throws IOException {
        Cli.succeed("eval", shared.resolve("run").toString(), "--episodes", "1");
        Cli.assertNoOtherServers(server);
    }

    private static String eval(Path run, String... more) {
        List<String> args = new ArrayList<>(List.of("eval", run.toString(), "--server", server.address()));
        args.addAll(List.of(more));
        return Cli.succeed(args.toArray(String[]::new));
    }

    private static void refuse(Path run, String... fragments) throws IOException {
        Cli.fail(List.of(fragments), "eval", run.toString(), "--server", server.address());
        assertFalse(Files.exists(run.resolve("eval")));
    }

    private static List<String> rows(Path run) throws IOException {
        return Files.readAllLines(run.resolve("eval/evaluations.csv"));
    }

    private static List<String> returns(Path run) throws IOException {
        return rows(run).stream().skip(1).map(row -> row.split(",")[3]).toList();
    }

    /** A copy of the run, without evaluations and videos. */
    private Path copy() throws IOException {
        Path run = directory.resolve("copy");
        Path original = shared.resolve("run");
        try (Stream<Path> files = Files.walk(original)) {
            for (Path file : files.filter(path -> !path.startsWith(original.resolve("eval")))
                    .filter(path -> !path.startsWith(original.resolve("videos")))
                    .toList()) {
                Files.copy(file, run.resolve(original.relativize(file)));
            }
        }
        return run;
    }
}
