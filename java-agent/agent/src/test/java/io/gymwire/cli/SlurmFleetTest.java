// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.gymwire.files.DirectoryLock;
import io.gymwire.record.RunManifest;
import io.gymwire.testing.RunFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A run as a job on two nodes of a real Slurm cluster ends with the same results as a run on managed servers. This is
 * also true if the job loses a server or a node, or runs out of time, or is cancelled and submitted again.
 */
@Tag("launcher")
class SlurmFleetTest {

    private static final int BATCH = 256;
    private static final int ITERATIONS = 160;
    /** The addresses of the nodes, as slurm_cluster.py gives them. */
    private static final List<String> ADDRESSES = List.of("10.77.0.1", "10.77.0.2");

    @TempDir
    private static Path sharedFolder;

    private static Path referenceRun;
    private static SlurmCluster cluster;

    /** The folder of one test. Its path contains spaces, and in some tests a quote. Scripts must escape both. */
    private Path directory;

    private Path run;

    @BeforeAll
    static void startCluster() throws IOException {
        SlurmCluster.require();
        referenceRun = sharedFolder.resolve("reference");
        Cli.succeed(train(referenceRun));
        cluster = new SlurmCluster(sharedFolder.resolve("cluster"));
    }

    @AfterAll
    static void stopCluster() throws IOException {
        if (cluster != null) {
            cluster.close();
        }
    }

    @AfterEach
    void leaveNothingRunning() throws Exception {
        cluster.run("scancel", "--user=root");
        cluster.await(() -> processes(run + ".slurm").isEmpty(), "processes run after the end of their job");
    }

    private static String[] train(Path run, String... more) throws IOException {
        Path folder = Files.createDirectories(run.getParent().resolve("it's"));
        Path arguments = Files.writeString(folder.resolve("my.args"), "--envs 4 --batch " + BATCH + "\n");
        Path preset = Files.writeString(folder.resolve("a preset"), "--critic-epochs 1\n");
        Path here = Path.of("").toAbsolutePath();
        List<String> words = new ArrayList<>(List.of("train", "CartPole-v1", "@" + here.relativize(arguments)));
        words.addAll(List.of("--preset", here.relativize(preset).toString(), "--workers", "4"));
        words.addAll(List.of("--steps", Integer.toString(BATCH * ITERATIONS), "--run-dir", run.toString()));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    /** Submits the run as a job on two nodes. */
    private String submit(String name) throws IOException, InterruptedException {
        directory = Files.createDirectories(sharedFolder.resolve(name));
        run = directory.resolve("the run");
        String script = Cli.succeed(train(run, "--slurm", "--hosts", "2"));
        return submit(SlurmCluster.save(script, directory.resolve("train.sh")));
    }

    private static String submit(Path script) throws IOException, InterruptedException {
        return cluster.run("sbatch", "--parsable", script.toString());
    }

    @Test
    void theSessionsOfAKilledServerMoveToTheOtherServer() throws Exception {
        String job = submit("one server's end");
        awaitIterations(2);
        Path files = directory.resolve("the run.slurm").resolve(job);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(files.resolve("token"))));
        assertTrue(Files.size(files.resolve("token")) >= 64);
        List<String> servers = Files.readAllLines(files.resolve("servers"));
        for (int node = 0; node < 2; node++) {
            assertTrue(servers.get(node).matches(ADDRESSES.get(node) + ":\\d+ token-file=token"), servers.toString());
        }

        List<Long> agent = processes("train", "--run-dir", run.toString());
        signal("STOP", agent);
        assertTrue(RunFiles.rows(run) < ITERATIONS, "the run ended before the server was killed");
        signal("KILL", processes("gymwire.server", ADDRESSES.get(1) + ":0"));
        signal("CONT", agent);
        awaitCompletion(job);
        JsonObject fleet = manifest(run).getAsJsonObject("fleet");
        assertEquals(1, fleet.getAsJsonArray("losses").size(), fleet.toString());
        assertEquals(1, fleet.getAsJsonArray("servers").size(), fleet.toString());
        assertFalse(Files.exists(files), "the token must be removed after the job");
    }

    @Test
    void aJobThatLosesANodeIsQueuedAgainAndContinues() throws Exception {
        String job = submit("one node's end");
        awaitIterations(2);
        cluster.run("scontrol", "update", "NodeName=n2", "State=DOWN", "Reason=test");
        awaitInterruption();
        // The node needs no repair: with ReturnToService=2, Slurm uses it again as soon as the node's slurmd answers.
        cluster.startAgain(job);
        awaitCompletion(job);
    }

    @Test
    void aJobOutOfTimeIsQueuedAgainAndACancelledJobContinuesWhenItIsSubmittedAgain() throws Exception {
        String job = submit("no time");
        awaitIterations(2);
        // The script has --signal=B:USR1, so Slurm sends this signal to it when the job's time is nearly over. This
        // test does not wait until then, but sends the signal itself.
        cluster.run("scancel", "--batch", "--signal=USR1", job);
        awaitInterruption();
        int rows = RunFiles.rows(run);
        cluster.startAgain(job);
        awaitIterations(rows + 2);
        cluster.run("scancel", job);
        awaitInterruption();
        cluster.await(() -> processes(run + ".slurm").isEmpty(), "processes run after the end of their job");
        awaitCompletion(submit(directory.resolve("train.sh")));
        String again = submit(directory.resolve("train.sh"));
        awaitCompletion(again);
        String output = Files.readString(directory.resolve("the run.slurm/slurm-" + again + ".out"));
        assertTrue(output.contains("finished before"), output);
    }

    private void awaitIterations(int count) throws Exception {
        await(
                () -> Files.exists(run.resolve("progress.csv")) && RunFiles.rows(run) >= count,
                "the run does not reach iteration " + count);
    }

    private void awaitInterruption() throws Exception {
        await(() -> DirectoryLock.isHeld(run).equals(Optional.of(false)), "the run does not end");
        assertFalse(manifest(run).get("status").getAsString().equals("finished"), "the run was interrupted too late");
    }

    private void awaitCompletion(String job) throws Exception {
        cluster.await(
                () -> cluster.states(job).stream().noneMatch(List.of("PENDING", "RUNNING", "COMPLETING")::contains),
                "the job does not end");
        Path output = directory.resolve("the run.slurm/slurm-" + job + ".out");
        assertEquals(List.of("COMPLETED"), cluster.states(job), Files.readString(output));
        assertEquals("finished", manifest(run).get("status").getAsString());
        assertEquals(manifest(referenceRun).get("checkpoint"), manifest(run).get("checkpoint"));
        assertEquals(
                RunFiles.withoutTimes(referenceRun.resolve("progress.csv")),
                RunFiles.withoutTimes(run.resolve("progress.csv")));
    }

    /** Waits until a condition is true. If this does not happen, the message has the outputs of the test's jobs. */
    private void await(Callable<Boolean> condition, String otherwise) throws Exception {
        try {
            cluster.await(condition, otherwise);
        } catch (AssertionError e) {
            StringBuilder message = new StringBuilder(e.getMessage());
            try (DirectoryStream<Path> outputs =
                    Files.newDirectoryStream(directory.resolve("the run.slurm"), "slurm-*.out")) {
                for (Path output : outputs) {
                    message.append("\n").append(output).append(":\n").append(Files.readString(output));
                }
            }
            throw new AssertionError(message.toString(), e);
        }
    }

    private static JsonObject manifest(Path run) throws IOException {
        return RunManifest.read(run.resolve("manifest.json")).json();
    }

    private static void signal(String name, List<Long> processes) throws IOException, InterruptedException {
        assertFalse(processes.isEmpty(), "no process was found for the signal " + name);
        for (long process : processes) {
            AgentProcess.kill(name, Long.toString(process));
        }
    }

    /**
     * The processes with command lines that contain all the texts. The command lines are read from /proc, because
     * ProcessHandle cuts off long command lines.
     */
    private static List<Long> processes(String... texts) throws IOException {
        List<Long> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc"))) {
            for (Path process : all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .toList()) {
                String command;
                try {
                    command = Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
                } catch (IOException e) {
                    // The process has just ended.
                    continue;
                }
                if (Stream.of(texts).allMatch(command::contains)) {
                    found.add(Long.valueOf(process.getFileName().toString()));
                }
            }
        }
        return found;
    }
}
