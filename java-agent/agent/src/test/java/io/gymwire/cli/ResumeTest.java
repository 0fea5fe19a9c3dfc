// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.files.Directories;
import io.gymwire.record.RunManifest;
import io.gymwire.testing.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A run that is interrupted gives the same results, bit for bit, as an uninterrupted run, if the state of its
 * environments can be saved. {@code -Dgymwire.kills=20} makes the runs of the first test longer. Each run that this
 * test interrupts then gets twenty kills.
 */
class ResumeTest {

    /** The number of kills in each run that is interrupted. The test kills a server and the agent alternately. */
    private static final int KILLS = Integer.getInteger("gymwire.kills", 3);

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "CartPole-v1, 8192, 1, trpo, 0",
        "Ant-v5, 3072, 3, trpo, 0",
        "CartPole-v1, 4096, 1, npg, 0",
        "Ant-v5, 2048, 2, ppo, 0",
        "Ant-v5, 2048, 1, trpo, 1",
        "CartPole-v1, 4096, 2, ppo, 1",
    })
    void aRunThatIsKilledSeveralTimesGivesTheSameResults(
            String envId, int stepsForEachKill, String reuse, String algorithm, String lag)
            throws IOException, InterruptedException {
        int steps = stepsForEachKill * (KILLS + 1);
        Path referenceRun = directory.resolve("reference");
        String[] more = {"--reuse", reuse, "--algorithm", algorithm, "--lag", lag};
        Cli.succeed(train(envId, steps, referenceRun, "1", more).toArray(String[]::new));

        Path killed = directory.resolve("killed");
        long seed = System.nanoTime();
        Random random = new Random(seed);
        int kills = 0;
        int agents = 0;
        List<String> command = train(envId, steps, killed, "2", more);
        while (true) {
            try (AgentProcess agent = new AgentProcess(directory, List.of(), command.toArray(String[]::new))) {
                agents++;
                boolean alive = true;
                while (alive && kills < KILLS) {
                    awaitMoreRows(agent, killed, stepsForEachKill / 512);
                    TimeUnit.MILLISECONDS.sleep(random.nextInt(300));
                    if (kills++ % 2 == 0) {
                        List<ProcessHandle> servers = agent.servers();
                        servers.get(random.nextInt(servers.size())).destroyForcibly();
                    } else {
                        agent.signal("KILL");
                        assertEquals(137, agent.awaitEnd(), "seed " + seed);
                        alive = false;
                    }
                }
                if (alive) {
                    assertEquals(0, agent.awaitEnd(), () -> "seed " + seed + ": " + agent.output());
                    break;
                }
            }
            command = List.of("train", "--resume", killed.toString());
        }
        assertEquals(KILLS, kills, "the run ended before its last kill");
        assertEquals(
                RunFiles.withoutTimes(referenceRun.resolve("progress.csv")),
                RunFiles.withoutTimes(killed.resolve("progress.csv")),
                "seed " + seed);
        assertEquals(RunFiles.episodes(referenceRun), RunFiles.episodes(killed));
        String stem = Files.readString(referenceRun.resolve("checkpoints/latest"));
        assertEquals(stem, Files.readString(killed.resolve("checkpoints/latest")));
        List<String> suffixes = new ArrayList<>(List.of(".safetensors", ".json", ".environments.zip", ".sha256"));
        if (!reuse.equals("1")) {
            suffixes.add(".rollouts");
        }
        for (String suffix : suffixes) {
            String file = "checkpoints/" + stem.strip() + suffix;
            assertArrayEquals(
                    Files.readAllBytes(referenceRun.resolve(file)), Files.readAllBytes(killed.resolve(file)), file);
        }
        String counters = Files.readString(killed.resolve("checkpoints/" + stem.strip() + ".json"));
        int rollouts = JsonParser.parseString(counters)
                .getAsJsonObject()
                .get("rollouts")
                .getAsInt();
        assertEquals(Integer.parseInt(reuse) - 1, rollouts);
        JsonObject manifest = RunManifest.read(killed.resolve("manifest.json")).json();
        assertTrue(manifest.getAsJsonArray("earlier").size() >= agents - 1, manifest.toString());
        assertEquals(
                RunManifest.read(referenceRun.resolve("manifest.json")).json().get("checkpoint"),
                manifest.get("checkpoint"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void aFinishedRunThatIsContinuedEqualsOneLongRun(String lag) throws IOException {
        Path whole = directory.resolve("whole");
        List<String> command = train("InvertedPendulum-v5", 3072, whole, "2");
        command.addAll(List.of("--preset", "none", "--anneal-steps", "1024", "--lag", lag));
        Cli.succeed(command.toArray(String[]::new));
        Path parts = directory.resolve("parts");
        List<String> beginning = train("InvertedPendulum-v5", 1024, parts, "1");
        beginning.addAll(List.of("--preset", "none", "--lag", lag));
        Cli.succeed(beginning.toArray(String[]::new));
        Cli.succeed("train", "--resume", parts.toString(), "--steps", "2048", "--workers", "3");
        Cli.succeed("train", "--resume", parts.toString(), "--steps", "3072");
        assertEquals(
                RunFiles.withoutTimes(whole.resolve("progress.csv")),
                RunFiles.withoutTimes(parts.resolve("progress.csv")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void environmentsWhoseStateCannotBeSavedAreAnnouncedBeforeTheRun(String lag) throws IOException {
        Path run = directory.resolve("run");
        String out =
                Cli.succeed(train("HalfCheetah-v4", 512, run, "1", "--lag", lag).toArray(String[]::new));
        String remark = "a resumed run will begin new episodes, because the state of its environments cannot be saved";
        assertTrue(out.contains(remark), out);
        assertTrue(out.indexOf(remark) < out.indexOf("512/512"), out);
        assertFalse(Files.exists(run.resolve("checkpoints/step_000000512.environments.zip")));
        String resumed = Cli.succeed("train", "--resume", run.toString(), "--steps", "1024");
        assertTrue(resumed.contains("the environments begin new episodes"), resumed);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "1"})
    void aRunGoesOnIfTheStateOfItsEnvironmentsCanNoLongerBeSaved(String lag) throws IOException {
        Path run = directory.resolve("run");
        try (ManagedServer server = Cli.startServerOf("state_envs")) {
            String address = server.address();
            // Each environment makes 40 steps in an iteration, and its third reset follows step 60.
            List<String> command =
                    List.of("train", "State/Late-v0", "--server", address, "--envs", "2", "--batch", "80");
            List<String> more = List.of("--steps", "320", "--checkpoint-every", "0", "--lag", lag, "--run-dir");
            List<String> all = new ArrayList<>(command);
            all.addAll(more);
            all.add(run.toString());
            String out = Cli.succeed(all.toArray(String[]::new));
            String remark =
                    "a resumed run will begin new episodes, because the state of its environments cannot be saved";
            assertEquals(out.indexOf(remark), out.lastIndexOf(remark), out);
            assertTrue(out.contains(remark), out);
            assertEquals(1 + 4, Files.readAllLines(run.resolve("progress.csv")).size());
            String resumed = Cli.succeed("train", "--resume", run.toString(), "--server", address, "--steps", "400");
            assertTrue(resumed.contains("the environments begin new episodes"), resumed);
        }
    }

    /**
     * In each case, the resume fails at a different point. It has other settings than the run. It would continue from
     * step 512, but the files have rows up to step 1024: the newest checkpoint is damaged or, in the case
     * "environments", the checkpoints are those of another run.
     */
    @ParameterizedTest
    @ValueSource(strings = {"progress.csv", "monitor.csv", "eval/curve.csv", "manifest.json", "environments"})
    void aResumeThatCannotBeginKeepsTheFilesOfTheRun(String broken) throws IOException {
        Path run = directory.resolve("run");
        Cli.succeed(train("CartPole-v1", 1024, run, "1", "--eval-every", "512", "--eval-episodes", "1")
                .toArray(String[]::new));
        Files.write(run.resolve("checkpoints/step_000001024.safetensors"), new byte[0]);
        Path file = run.resolve(broken);
        switch (broken) {
            case "environments" -> {
                Path other = directory.resolve("other");
                Cli.succeed(train("CartPole-v1", 512, other, "1", "--max-episode-steps", "9")
                        .toArray(String[]::new));
                Directories.remove(run.resolve("checkpoints"));
                Files.move(other.resolve("checkpoints"), run.resolve("checkpoints"));
            }
            case "progress.csv" ->
                Files.writeString(file, Files.readString(file).replace("train/explained_variance", "train/other"));
            case "eval/curve.csv" -> Files.writeString(file, Files.readString(file) + "x,1000000,0,9.0,9,stochastic\n");
            case "manifest.json" -> Files.writeString(file, "{");
            default -> Files.writeString(file, "");
        }
        Map<String, String> before = RunFiles.texts(run);
        Cli.Outcome outcome = Cli.run("train", "--resume", run.toString(), "--steps", "2048", "--gamma", "0.5");
        assertEquals(1, outcome.code(), outcome.out());
        String reason = broken.equals("environments") ? "max_episode_steps" : broken + " cannot be used";
        assertTrue(outcome.err().contains(reason), outcome.err());
        assertEquals(before, RunFiles.texts(run));
    }

    @Test
    void aFinishedRunThatASweepCannotContinueStaysFinished() throws IOException {
        Path run = directory.resolve("run");
        List<String> sweep = new ArrayList<>(List.of("sweep", "CartPole-v1", "--seeds", "1", "--batch", "512"));
        sweep.addAll(List.of("--dir", directory.toString(), "--run-dir", "run", "--steps"));
        Cli.succeed(Stream.concat(sweep.stream(), Stream.of("512")).toArray(String[]::new));
        Files.delete(run.resolve("monitor.csv"));
        String manifest = Files.readString(run.resolve("manifest.json"));
        Cli.Outcome outcome =
                Cli.run(Stream.concat(sweep.stream(), Stream.of("1024")).toArray(String[]::new));
        assertEquals(1, outcome.code(), outcome.out());
        assertTrue(outcome.out().contains("monitor.csv cannot be used"), outcome.out());
        assertEquals(manifest, Files.readString(run.resolve("manifest.json")));
    }

    private static List<String> train(String envId, int steps, Path run, String workers, String... more) {
        List<String> command = new ArrayList<>(List.of("train", envId, "--steps", Integer.toString(steps)));
        command.addAll(List.of("--batch", "512", "--envs", "4", "--workers", workers, "--critic-epochs", "2"));
        command.addAll(List.of("--checkpoint-every", "0", "--run-dir", run.toString()));
        command.addAll(List.of(more));
        return command;
    }

    /**
     * Waits until progress.csv has at least {@code more / 2} new lines. The header of a new file counts as a line. The
     * method waits only for half of {@code more}, because the run must not end before its last kill.
     */
    private static void awaitMoreRows(AgentProcess agent, Path run, int more) throws InterruptedException {
        int before = RunFiles.rows(run);
        agent.await(() -> RunFiles.rows(run) >= before + more / 2, "too few rows after row " + before);
    }
}
