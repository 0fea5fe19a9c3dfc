// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.files.DirectoryLock;
import io.gymwire.testing.PythonTools;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests sweeps with small runs: sweeps that finish, are interrupted, contain a failed run, or are refused. */
class SweepCommandTest {

    private static final long STEPS = 10_240;
    private static final int BATCH = 256;

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

    private String[] sweep(String... more) {
        List<String> words = new ArrayList<>(List.of(
                "sweep",
                "--dir",
                directory.resolve("sweep").toString(),
                "--server",
                server.address(),
                "--preset",
                "none",
                "--envs",
                "4",
                "--batch",
                Integer.toString(BATCH),
                "--critic-epochs",
                "1"));
        words.addAll(List.of(more));
        return words.toArray(String[]::new);
    }

    private Path run(String name) {
        return directory.resolve("sweep").resolve(name);
    }

    @ParameterizedTest
    @CsvSource({"INT, 130", "KILL, 137"})
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test sends Unix signals")
    void theSameCommandContinuesASweepThatWasInterrupted(String signal, int code) throws Exception {
        String[] command = sweep("CartPole-v1", "--seeds", "1-2", "--steps", Long.toString(STEPS), "--jobs", "2");
        List<Path> runs = List.of(run("CartPole-v1__s1"), run("CartPole-v1__s2"));
        try (AgentProcess sweep = new AgentProcess(directory, List.of(), command)) {
            sweep.await(() -> runs.stream().allMatch(SweepCommandTest::hasBegun), "the runs do not begin");
            sweep.signalGroup(signal);
            assertEquals(code, sweep.awaitEnd());
            if (signal.equals("INT")) {
                assertTrue(sweep.out().contains("2 interrupted, 0 waiting; the same command continues"), sweep.out());
            }
        }
        for (Path run : runs) {
            AgentProcess.awaitRelease(run);
            assertFalse(read(run, "manifest.json").contains("\"status\": \"finished\""), read(run, "manifest.json"));
        }

        String rest = Cli.succeed(command);
        assertEquals(2, rest.split("  finished  10,240 steps  return ", -1).length - 1, rest);
        for (Path run : runs) {
            List<String> rows = Files.readAllLines(run.resolve("progress.csv"));
            int column = List.of(rows.get(0).split(",")).indexOf("time/total_timesteps");
            assertEquals(
                    LongStream.rangeClosed(1, STEPS / BATCH)
                            .mapToObj(i -> Long.toString(i * BATCH))
                            .toList(),
                    rows.stream().skip(1).map(row -> row.split(",")[column]).toList());
        }
        String none = Cli.succeed(command);
        assertEquals(2, none.split("finished before", -1).length - 1, none);

        Path out = directory.resolve("report");
        String report = Cli.succeed("report", directory.resolve("sweep").toString(), "--out", out.toString());
        assertTrue(report.contains("| CartPole-v1 |  | training, last 100 episodes | 2 | "), report);
        assertTrue(report.contains("| CartPole-v1 |  | 1, 2 | 10.2k | 475.0 |"), report);
        assertTrue(Files.exists(out.resolve("report.html")));
        assertFalse(report.contains("note: "), report);
    }

    private static boolean hasBegun(Path run) {
        try {
            return Files.exists(run.resolve("progress.csv"))
                    && read(run, "progress.csv").lines().count() > 1;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String read(Path run, String file) throws IOException {
        return Files.readString(run.resolve(file));
    }

    /** At the end, the test changes settings of the finished run; the sweep refuses some changes and accepts others. */
    @Test
    void aRunThatFailsIsReportedAndDoesNotStopTheOthers() throws IOException {
        Cli.Outcome outcome = Cli.run(sweep("NoSuch-v1", "CartPole-v1", "--seeds", "7", "--steps", "512"));
        assertEquals(1, outcome.code(), outcome.out() + outcome.err());
        String failure = outcome.out()
                .lines()
                .filter(line -> line.contains("NoSuch-v1__s7"))
                .findFirst()
                .orElseThrow();
        assertTrue(
                failure.contains("failed: ") && failure.contains("NoSuch") && failure.contains("exit code 1; log: "),
                failure);
        assertTrue(read(run("CartPole-v1__s7"), "manifest.json").contains("\"status\": \"finished\""));
        assertTrue(read(run("CartPole-v1__s7"), "train.log").contains("finished after 512 steps"));
        assertTrue(outcome.out().contains("1 of 2 finished, 1 failed; the same command continues"), outcome.out());
        String manifest = read(run("NoSuch-v1__s7"), "manifest.json");
        assertTrue(manifest.contains("\"status\": \"failed\"") && manifest.contains("\"error\": \""), manifest);
        String report = Cli.succeed("report", directory + "/sweep", "--out", directory + "/report");
        assertTrue(report.contains("| " + run("NoSuch-v1__s7") + " | NoSuch-v1 | 7 | failed | 0 | "), report);
        Cli.Outcome again = Cli.run(sweep("NoSuch-v1", "--seeds", "7", "--steps", "512"));
        assertTrue(again.out().contains("failed: ") && again.out().contains("NoSuch"), again.out());
        assertTrue(again.out().contains("exit code 1"), "the run must be tried again: " + again.out());

        Cli.fail(
                List.of("CartPole-v1__s7", "other settings {--delta=0.04, not 0.01}", "another --dir"),
                sweep("CartPole-v1", "--seeds", "7", "--steps", "512", "--delta", "0.01"));
        Cli.fail(
                List.of("other settings {--anneal-steps=512, not 1024}"),
                sweep("CartPole-v1", "--seeds", "7", "--steps", "1024", "--anneal-steps", "1024"));
        Cli.succeed(sweep("CartPole-v1", "--seeds", "7", "--steps", "1024"));
        assertTrue(read(run("CartPole-v1__s7"), "train.log").contains("finished after 1,024 steps"));
        String same = Cli.succeed(sweep("CartPole-v1", "--seeds", "7", "--steps", "1024", "--checkpoint-every", "5"));
        assertTrue(same.contains("finished before"), same);
    }

    /**
     * A run that is killed cannot record its own failure, so the sweep records the failure. The method
     * {@link AgentProcess#servers} finds the processes that the sweep started: here, only the process of the run.
     */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test sends Unix signals")
    void aRunThatIsKilledIsRecordedAsFailedAndTheSameCommandContinuesIt() throws Exception {
        String[] command = sweep("CartPole-v1", "--seeds", "1", "--steps", "10240");
        Path run = run("CartPole-v1__s1");
        try (AgentProcess sweep = new AgentProcess(directory, List.of(), command)) {
            sweep.await(() -> hasBegun(run), "the run does not begin");
            sweep.servers().forEach(ProcessHandle::destroyForcibly);
            assertEquals(1, sweep.awaitEnd(), sweep.output());
            assertTrue(sweep.out().contains("failed: it was killed (SIGKILL) (exit code 137; log: "), sweep.out());
        }
        String manifest = read(run, "manifest.json");
        assertTrue(manifest.contains("\"status\": \"failed\""), manifest);
        assertTrue(manifest.contains("\"error\": \"it was killed (SIGKILL) (exit code 137; log: "), manifest);
        assertTrue(Cli.succeed(command).contains("  finished  10,240 steps"));
        assertTrue(read(run, "manifest.json").contains("\"status\": \"finished\""));
    }

    /** The newest checkpoint is damaged, and the file that names it is missing. */
    @Test
    void aRunWithADamagedNewestCheckpointIsContinuedFromTheCheckpointBefore() throws IOException {
        String[] command = sweep("CartPole-v1", "--seeds", "1", "--steps", "1024", "--checkpoint-every", "0");
        Cli.succeed(command);
        Path run = run("CartPole-v1__s1");
        byte[] whole = Files.readAllBytes(run.resolve("checkpoints/step_000001024.safetensors"));
        Files.writeString(run.resolve("checkpoints/step_000001024.safetensors"), "no tensors");
        Files.delete(run.resolve("checkpoints/latest"));
        assertTrue(Cli.succeed(command).contains("  finished  1,024 steps"));
        assertTrue(
                read(run, "train.log")
                        .contains("checkpoints/latest is missing or damaged (there is no such file or directory);"
                                + " using step_000000768 instead"),
                read(run, "train.log"));
        assertArrayEquals(whole, Files.readAllBytes(run.resolve("checkpoints/step_000001024.safetensors")));
    }

    @Test
    void aSweepFileHasOneTrainCommandPerLineAndItsRunsCanBeDividedIntoParts() throws Exception {
        Path file = directory.resolve("runs.txt");
        Files.writeString(file, """
                # two settings
                ./gymwire train CartPole-v1 --delta 0.01 --seed 4   # with its own seed
                Pendulum-v1 --run-dir slow --delta 0.005 --seed 9

                CartPole-v1
                """);
        List<String> all = List.of("CartPole-v1__s4", "slow", "CartPole-v1__s1", "CartPole-v1__s3");
        String[] command = sweep("--file", file.toString(), "--seeds", "1,3", "--steps", "512", "--part");
        for (int part = 0; part < 3; part++) {
            String[] words = Arrays.copyOf(command, command.length + 1);
            words[command.length] = part + "/3";
            Cli.succeed(words);
            int done = part;
            for (int run = 0; run < all.size(); run++) {
                assertEquals(run % 3 <= done, Files.exists(run(all.get(run)).resolve("manifest.json")), all.get(run));
            }
        }
        assertTrue(read(run("slow"), "config.json").contains("0.005"));
        String none = Cli.succeed(Arrays.copyOf(command, command.length - 1));
        assertEquals(4, none.split("finished before", -1).length - 1, none);
    }

    /** A sweep with --run-dir has a single run. It can use a directory that another sweep uses at the same time. */
    @Test
    void aSweepWithOneNamedRunCanUseADirectoryThatAnotherSweepUses() throws IOException {
        Path sweepDirectory = Files.createDirectories(directory.resolve("sweep"));
        String[] command = sweep("CartPole-v1", "--seeds", "3", "--steps", "512", "--run-dir", "mine");
        try (DirectoryLock other = DirectoryLock.acquire(sweepDirectory, remark -> {})) {
            assertTrue(Cli.succeed(command).contains("  finished  512 steps"));
        }
        assertTrue(read(run("mine"), "manifest.json").contains("\"status\": \"finished\""));
        assertTrue(Cli.succeed(command).contains("finished before"));
    }

    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test sends Unix signals")
    void aRunThatAnotherSweepFinishesIsNotRepeated() throws Exception {
        Path first = run("CartPole-v1__s1");
        String[] both = sweep("CartPole-v1", "--seeds", "1-2", "--steps", "20480", "--jobs", "1");
        String[] second = sweep("CartPole-v1", "--seeds", "2", "--steps", "20480", "--run-dir", "CartPole-v1__s2");
        try (AgentProcess sweep = new AgentProcess(directory, List.of(), both)) {
            sweep.await(() -> hasBegun(first), "the first run does not begin");
            String process = Long.toString(sweep.servers().get(0).pid());
            AgentProcess.kill("STOP", process);
            assertTrue(Cli.succeed(second).contains("  finished  20,480 steps"));
            AgentProcess.kill("CONT", process);
            assertEquals(0, sweep.awaitEnd(), sweep.output());
            assertTrue(sweep.out().contains("CartPole-v1__s2  finished before"), sweep.out());
        }
    }

    @Test
    void theCheckpointsOfARunWithoutItsManifestAreKept() throws IOException {
        String[] command = sweep("CartPole-v1", "--seeds", "3", "--steps", "512", "--run-dir", "mine");
        Cli.succeed(command);
        Files.delete(run("mine").resolve("manifest.json"));
        Cli.Outcome outcome = Cli.run(command);
        assertEquals(1, outcome.code());
        assertTrue(outcome.out().contains("manifest.json cannot be used: it is missing, but the run has checkpoints"));
        assertTrue(Files.exists(run("mine").resolve("checkpoints/latest")));
    }

    static Stream<Path> sharedFiles() throws IOException {
        try (Stream<Path> files = Files.walk(PythonTools.home().resolve("java-agent/results"))) {
            return files.filter(file -> file.toString().endsWith(".txt")).sorted().toList().stream();
        }
    }

    /** With --slurm, all runs are planned and checked, but no run is started. */
    @ParameterizedTest
    @MethodSource("sharedFiles")
    void everySweepFileOfTheRepositoryIsAccepted(Path file) {
        String script = Cli.succeed(
                "sweep",
                "--file",
                file.toString(),
                "--dir",
                directory.resolve("sweep").toString(),
                "--slurm");
        assertTrue(script.contains("#SBATCH --array=0-"), script);
    }

    @Test
    void slurmGetsAScriptOfAtMostAThousandTasks() throws Exception {
        String text = Cli.succeed(sweep("CartPole-v1", "--seeds", "1-1200", "--slurm"));
        assertTrue(text.contains("#SBATCH --array=0-999\n"), text);
        assertTrue(text.contains("--seeds 1-1200 --part \"$SLURM_ARRAY_TASK_ID/1000\" &\n"), text);
        assertTrue(text.contains("--dependency=afterany:"), text);
        assertFalse(text.contains("--slurm "), text);
        assertTrue(
                Files.isDirectory(directory.resolve("sweep")),
                "the command must make the directory for Slurm's output, because Slurm does not");
    }

    /** The test does what Slurm does: it starts the script, and later signals that the task's time limit is near. */
    @Test
    @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the test sends Unix signals")
    void aTaskThatRunsOutOfTimeIsQueuedAgainAndGivesTheSameResults() throws Exception {
        Path queue = directory.resolve("queue");
        program("scontrol", "echo \"$@\" >> '" + queue + "'");
        String[] words = sweep("CartPole-v1", "--seeds", "1", "--steps", Long.toString(STEPS), "--slurm");
        String script = Cli.succeed(words);
        assertTrue(script.contains("#SBATCH --array=0-0\n"), script);
        Path launcher = PythonTools.home().resolve("gymwire");
        assertTrue(script.contains(launcher.toString()), script);
        Path gymwire = program("gymwire", "exec '" + String.join("' '", AgentProcess.command(List.of())) + "' \"$@\"");
        Path file = Files.writeString(
                directory.resolve("sweep.sh"), script.replace(launcher.toString(), gymwire.toString()));
        Path run = run("CartPole-v1__s1");

        Process first = task(file);
        AgentProcess.await(first, () -> hasBegun(run), () -> "the run does not begin");
        AgentProcess.kill("USR1", Long.toString(first.pid()));
        assertEquals(0, first.waitFor());
        assertEquals("requeue 77\n", Files.readString(queue));
        assertFalse(read(run, "manifest.json").contains("\"status\": \"finished\""), read(run, "manifest.json"));
        AgentProcess.awaitRelease(run);

        assertEquals(0, task(file).waitFor());
        assertTrue(read(run, "manifest.json").contains("\"status\": \"finished\""), read(run, "manifest.json"));
        assertEquals("requeue 77\n", Files.readString(queue), "the second task must not be queued again");
        Cli.succeed(words("--dir", directory.resolve("local").toString(), words));
        assertArrayEquals(
                Files.readAllBytes(directory.resolve("local/CartPole-v1__s1/checkpoints/step_000010240.safetensors")),
                Files.readAllBytes(run.resolve("checkpoints/step_000010240.safetensors")));

        assertEquals(0, task(file).waitFor(), "a task that is submitted after the end of its run must succeed");
    }

    private Process task(Path script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", script.toString());
        builder.environment().put("SLURM_ARRAY_TASK_ID", "0");
        builder.environment().put("SLURM_JOB_ID", "77");
        builder.environment().merge("PATH", directory.toString(), (path, bin) -> bin + File.pathSeparator + path);
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("task.out").toFile()))
                .start();
    }

    private Path program(String name, String line) throws IOException {
        Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + line + "\n");
        assertTrue(file.toFile().setExecutable(true));
        return file;
    }

    /** A copy of the arguments with another value of an option, and without --slurm. */
    private static String[] words(String option, String value, String[] words) {
        List<String> others = new ArrayList<>(List.of(words));
        others.remove("--slurm");
        others.set(others.indexOf(option) + 1, value);
        return others.toArray(String[]::new);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "CartPole-v1 --seeds 5-1          | --seeds must be numbers or ranges   | got 5-1",
                "CartPole-v1 --seeds x            | --seeds must be numbers or ranges   | got x",
                "CartPole-v1 --seed 3             | several seeds                       | --seeds 3",
                "CartPole-v1 --jobs 0             | --jobs must be at least 1           | got 0",
                "CartPole-v1 --gamma 2            | gamma must lie in (0, 1]            | got 2.0",
                "CartPole-v1 CartPole-v1          | CartPole-v1__s1 is the directory of another run too | --run-dir NAME",
                "--seeds 1                        | sweep needs environments            | --file",
                "CartPole-v1 --part 3/3           | --part must be K/N with K from 0 to N - 1 | got 3/3",
                "CartPole-v1 --seeds 1-2 --run-dir x | --run-dir x names the directory of one run | 2 seeds",
                "CartPole-v1 --seeds 1 --run-dir .. | --run-dir must be one plain name | got '..'",
                "CartPole-v1 --seeds 1 --run-dir . | --run-dir must be one plain name | got '.'",
                "CartPole-v1 --part x             | --part must be K/N                  | got x"
            })
    void errorsAreReportedBeforeAnythingIsStarted(String arguments, String rule, String remedy) throws IOException {
        Cli.fail(List.of(rule, remedy), sweep(arguments.split(" ")));
        assertFalse(Files.exists(directory.resolve("sweep")));
        Cli.assertNoOtherServers(server);
    }

    @Test
    void anErrorInASweepFileIsReportedWithItsLine() throws IOException {
        Path file = Files.writeString(directory.resolve("runs.txt"), "CartPole-v1\nCartPole-v1 --colour blue\n");
        Cli.fail(
                List.of("line 2 of " + file, "--colour"),
                "sweep",
                "--file",
                file.toString(),
                "--dir",
                directory.resolve("sweep").toString());
    }
}
