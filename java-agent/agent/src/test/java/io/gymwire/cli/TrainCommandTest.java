// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static io.gymwire.testing.RunFiles.column;
import static io.gymwire.testing.RunFiles.withoutTimes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrainCommandTest {

    private static ManagedServer server;
    /** A finished run of two iterations with seed 1 and two workers. Tests change none of its files except .lock. */
    private static Path first;

    @TempDir
    private static Path shared;

    @TempDir
    private Path directory;

    @BeforeAll
    static void train() {
        server = ManagedServer.start();
        first = shared.resolve("first");
        trainCartPole(first, "--workers", "2");
    }

    @AfterAll
    static void stopServer() {
        server.close();
    }

    @Test
    void theRunDirectoryContainsTheFilesOfAFinishedRun() throws IOException {
        Set<String> names = new TreeSet<>();
        try (Stream<Path> files = Files.walk(first)) {
            files.filter(Files::isRegularFile)
                    .map(file -> first.relativize(file).toString())
                    .forEach(name -> names.add(name.replaceAll("tfevents\\..*", "tfevents.*")));
        }
        assertEquals(
                Set.of(
                        "manifest.json",
                        "config.json",
                        "progress.csv",
                        "monitor.csv",
                        "events.out.tfevents.*",
                        ".lock",
                        "checkpoints/latest",
                        "checkpoints/step_000000000.json",
                        "checkpoints/step_000000000.safetensors",
                        "checkpoints/step_000000000.sha256",
                        "checkpoints/step_000004096.json",
                        "checkpoints/step_000004096.safetensors",
                        "checkpoints/step_000004096.environments.zip",
                        "checkpoints/step_000004096.sha256"),
                names);
        assertEquals(
                "step_000004096",
                Files.readString(first.resolve("checkpoints/latest")).strip());
        assertEquals(3, Files.readAllLines(first.resolve("progress.csv")).size());

        JsonObject manifest = json(first.resolve("manifest.json"));
        assertEquals("finished", manifest.get("status").getAsString());
        assertEquals(
                4096, manifest.getAsJsonObject("result").get("total_timesteps").getAsLong());
        assertEquals(
                Files.readAllLines(first.resolve("monitor.csv")).size() - 2,
                manifest.getAsJsonObject("result").get("episodes").getAsLong());
    }

    @Test
    void printsWhatItDoesAndHowToEvaluateAndExplainTheRun() {
        Path run = directory.resolve("run");
        String out = trainCartPole(run, "--steps", "256", "--batch", "256");
        assertTrue(out.startsWith("training CartPole-v1: seed 1, 256 steps, 8 environments, "), out);
        assertTrue(out.contains("finished after 256 steps"), out);
        assertTrue(out.contains("evaluate: ./gymwire eval " + run), out);
        assertTrue(out.contains("explain:  ./gymwire explain " + run), out);
        assertFalse(out.contains("--resume"), out);
        assertFalse(out.contains("\r"), out);
    }

    @Test
    void aTableShowsEachIteration() {
        String out = trainCartPole(directory.resolve("run"), "--steps", "512", "--batch", "256", "--table");
        assertEquals(2, out.split("kl_divergence_loss", -1).length - 1, out);
    }

    /** Pendulum's preset sets gamma, but not the accept ratio or the hidden layers. */
    @Test
    void recordsEachSettingAndWhereItCameFrom() throws IOException {
        Path run = directory.resolve("run");
        trainBriefly(run, "Pendulum-v1", "--seed", "3");
        assertSetting(run, "env_id", "Pendulum-v1", "command line");
        assertSetting(run, "seed", "3", "command line");
        assertSetting(run, "gamma", pendulumGamma(), "preset Pendulum-v1");
        assertSetting(run, "accept-ratio", "0.1", "default");
        assertSetting(run, "hidden", "64,64", "default");
    }

    @Test
    void aPresetCanBeSwitchedOffOrReplaced() throws IOException {
        Path none = directory.resolve("none");
        trainBriefly(none, "Pendulum-v1", "--preset", "none");
        assertSetting(none, "gamma", "0.99", "default");

        Path file = Files.writeString(directory.resolve("mine.args"), "--gamma 0.97 # mine\n--hidden 8,4\n");
        Path replaced = directory.resolve("replaced");
        trainBriefly(replaced, "Pendulum-v1", "--preset", file.toString());
        assertSetting(replaced, "gamma", "0.97", "preset " + file);
        assertSetting(replaced, "hidden", "8,4", "preset " + file);

        Path other = directory.resolve("other");
        trainBriefly(other, "CartPole-v1", "--preset", "Pendulum-v1", "--hidden", "4");
        assertSetting(other, "gamma", pendulumGamma(), "preset Pendulum-v1");
        assertSetting(other, "hidden", "4", "command line");
    }

    @Test
    void theLastValueOfAnOptionIsUsedEvenWithAnArgumentFile() throws IOException {
        Path file =
                Files.writeString(directory.resolve("mine.args"), "# mine\n--gamma 0.95\n--hidden 8,4 --delta 0.03\n");
        Path run = directory.resolve("run");
        trainBriefly(
                run,
                "CartPole-v1",
                "--delta",
                "0.05",
                "@" + file,
                "--hidden",
                "16",
                "--gamma",
                "0.8",
                "--gamma",
                "0.9");
        assertSetting(run, "delta", "0.03", "command line");
        assertSetting(run, "hidden", "16", "command line");
        assertSetting(run, "gamma", "0.9", "command line");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 64})
    void theRunIsTheSameForAnyNumberOfThreadsAndWorkers(int threads) throws IOException, InterruptedException {
        Path again = directory.resolve("again");
        List<String> cores = List.of(
                "-Djava.util.concurrent.ForkJoinPool.common.parallelism=" + threads,
                "-XX:ActiveProcessorCount=" + threads);
        try (AgentProcess agent = new AgentProcess(directory, cores, cartPole(again, "--workers", "8"))) {
            assertEquals(0, agent.awaitEnd(), agent.err());
        }
        assertSameRun(first, again);
    }

    @Test
    void anotherSeedGivesAnotherRun() throws IOException {
        Path other = directory.resolve("other");
        trainCartPole(other, "--seed", "2");
        assertFalse(Arrays.equals(
                Files.readAllBytes(first.resolve("checkpoints/step_000000000.safetensors")),
                Files.readAllBytes(other.resolve("checkpoints/step_000000000.safetensors"))));
        assertFalse(withoutTimes(first.resolve("progress.csv")).equals(withoutTimes(other.resolve("progress.csv"))));
    }

    @Test
    void aResumedRunGoesOnWithItsCountersAndSettings() throws IOException {
        Path run = directory.resolve("run");
        trainCartPole(run, "--preset", "none", "--steps", "512", "--batch", "256", "--gamma", "0.9");
        List<String> before = Files.readAllLines(run.resolve("progress.csv"));
        Cli.succeed("train", "--resume", run.toString(), "--steps", "1024", "--server", server.address());

        List<String> after = Files.readAllLines(run.resolve("progress.csv"));
        assertEquals(before, after.subList(0, 3));
        assertEquals(List.of("1", "2", "3", "4"), column(after, "time/iterations"));
        assertEquals(List.of("256", "512", "768", "1024"), column(after, "time/total_timesteps"));
        JsonObject result = json(run.resolve("manifest.json")).getAsJsonObject("result");
        assertEquals(4, result.get("iterations").getAsLong());
        assertEquals(
                Files.readAllLines(run.resolve("monitor.csv")).size() - 2,
                result.get("episodes").getAsLong());
        assertSetting(run, "gamma", "0.9", "command line");
        assertSetting(run, "delta", "0.04", "default");
        assertSetting(run, "steps", "1024", "command line");
        assertSetting(run, "anneal-steps", "512", "default");
    }

    @Test
    void clippingOfActionsCanBeSetInAPresetAndOnTheCommandLineAndChangesTheRun() throws IOException {
        Path preset = Files.writeString(directory.resolve("mine.args"), "--clipped-actions # mine\n--init-log-std 1\n");
        Path clipped = directory.resolve("clipped");
        trainBriefly(clipped, "Pendulum-v1", "--preset", preset.toString());
        assertSetting(clipped, "clipped-actions", "true", "preset " + preset);
        Path drawn = directory.resolve("drawn");
        trainBriefly(drawn, "Pendulum-v1", "--preset", preset.toString(), "--clipped-actions=false");
        assertSetting(drawn, "clipped-actions", "false", "command line");
        assertNotEquals(withoutTimes(drawn.resolve("progress.csv")), withoutTimes(clipped.resolve("progress.csv")));
        Cli.succeed("train", "--resume", clipped.toString(), "--steps", "128", "--server", server.address());
        assertSetting(clipped, "clipped-actions", "true", "preset " + preset);
    }

    @Test
    void aResumedRunAndAnEvaluationKeepTheObservedElements() throws IOException {
        Path run = directory.resolve("run");
        trainBriefly(
                run,
                "Pendulum-v1",
                "--observe",
                "0,1",
                "--hidden",
                "none",
                "--critic-hidden",
                "none",
                "--noise-color",
                "1");
        assertSetting(run, "observe", "0-1", "command line");
        assertSetting(run, "hidden", "none", "command line");
        assertSetting(run, "noise-color", "1.0", "command line");
        Cli.succeed("train", "--resume", run.toString(), "--steps", "128", "--server", server.address());
        assertSetting(run, "observe", "0-1", "command line");
        Cli.succeed("eval", run.toString(), "--episodes", "1", "--server", server.address());
        Cli.fail(
                List.of("observe asks for element 3", "0 to 2"),
                "train",
                "Pendulum-v1",
                "--observe",
                "3",
                "--run-dir",
                directory.resolve("other").toString(),
                "--server",
                server.address());
    }

    @Test
    void aFinishedRunIsNotResumedWithoutMoreSteps() throws IOException {
        byte[] manifest = Files.readAllBytes(first.resolve("manifest.json"));
        Cli.fail(
                List.of("has taken 4096 of its 4096 steps", "give a larger --steps"),
                "train",
                "--resume",
                first.toString(),
                "--server",
                server.address());
        assertArrayEquals(manifest, Files.readAllBytes(first.resolve("manifest.json")));
    }

    @Test
    void optionsThatAResumedRunCannotChangeAreRefused() {
        for (String option : List.of(
                "--run-dir",
                "--preset",
                "--seed",
                "--envs",
                "--batch",
                "--reuse",
                "--observe",
                "--hidden",
                "--critic-hidden",
                "--init-log-std",
                "--noise-color")) {
            Cli.fail(
                    List.of("--resume continues a run with its own " + option, "leave " + option + " out"),
                    "train",
                    "--resume",
                    first.toString(),
                    option,
                    "1");
        }
        Cli.fail(
                List.of("--resume continues a run with its own --clipped-actions"),
                "train",
                "--resume",
                first.toString(),
                "--clipped-actions");
        Cli.fail(
                List.of("is a run of CartPole-v1, not of Pendulum-v1"),
                "train",
                "Pendulum-v1",
                "--resume",
                first.toString());
        Cli.fail(List.of(directory + " contains no run"), "train", "--resume", directory.toString());
    }

    @Test
    void aRunDirectoryWithOtherFilesIsRefusedAndNotChanged() throws IOException {
        Path kept = Files.writeString(directory.resolve("notes.txt"), "mine");
        Cli.fail(
                List.of("run directory " + directory + " exists and is not empty", "another --run-dir"),
                cartPole(directory));
        Cli.fail(List.of(kept + " is a file", "another --run-dir"), cartPole(kept));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(kept), files.toList());
        }
        assertEquals("mine", Files.readString(kept));
    }

    @Test
    void aRunThatDoesNotFitInMemoryLeavesNothingBehind() throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        try (AgentProcess agent =
                new AgentProcess(directory, List.of("-Xmx64m"), cartPole(run, "--batch", "1000000"))) {
            Cli.assertComplaint(agent.awaitEnd(), agent.err(), List.of("out of memory", "smaller --batch", "-Xmx"));
        }
        assertFalse(Files.exists(run));
    }

    private static String trainCartPole(Path run, String... more) {
        return Cli.succeed(cartPole(run, more));
    }

    private static String[] cartPole(Path run, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "train",
                "CartPole-v1",
                "--steps",
                "4096",
                "--seed",
                "1",
                "--envs",
                "8",
                "--batch",
                "2048",
                "--run-dir",
                run.toString(),
                "--server",
                server.address()));
        args.addAll(List.of(more));
        return args.toArray(String[]::new);
    }

    private static void trainBriefly(Path run, String envId, String... more) {
        List<String> args = new ArrayList<>(List.of(
                "train",
                envId,
                "--steps",
                "64",
                "--batch",
                "64",
                "--run-dir",
                run.toString(),
                "--server",
                server.address()));
        args.addAll(List.of(more));
        Cli.succeed(args.toArray(String[]::new));
    }

    private static String pendulumGamma() throws IOException {
        return Presets.find(null, "Pendulum-v1")
                .options()
                .over(Settings.DEFAULTS)
                .text(RolloutSettings.GAMMA);
    }

    private static void assertSetting(Path run, String name, String value, String source) throws IOException {
        JsonObject setting = json(run.resolve("config.json")).getAsJsonObject(name);
        assertEquals(value, setting.get("value").getAsString());
        assertEquals(source, setting.get("source").getAsString());
    }

    private static void assertSameRun(Path expected, Path actual) throws IOException {
        assertEquals(withoutTimes(expected.resolve("progress.csv")), withoutTimes(actual.resolve("progress.csv")));
        for (String file : List.of("step_000004096.safetensors", "step_000004096.json")) {
            assertArrayEquals(
                    Files.readAllBytes(expected.resolve("checkpoints").resolve(file)),
                    Files.readAllBytes(actual.resolve("checkpoints").resolve(file)),
                    file);
        }
    }

    private static JsonObject json(Path path) throws IOException {
        return JsonParser.parseString(Files.readString(path)).getAsJsonObject();
    }
}
