// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.testing.RunFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * If a file or directory cannot be written, the command ends with an error that names the path of this file or
 * directory. Files that were written before can still be used.
 */
@EnabledOnOs(value = OS.LINUX, disabledReason = "the test uses limits and file systems of Linux")
class NoSpaceTest {

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
     * The disk has space only for the first iterations, so the run ends early. With more space, the resumed run ends
     * with the same results as an uninterrupted run.
     */
    @Test
    void aFullDiskIsReportedAndTheRunContinuesWhenThereIsSpace() throws IOException, InterruptedException {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Assumptions.assumeTrue(sh("mount -t tmpfs -o size=600k none " + disk), "only root can mount a file system");
        try {
            Path run = disk.resolve("run");
            Cli.Outcome full = Cli.run(train(run, 2048));
            Cli.assertComplaint(
                    full.code(),
                    full.err(),
                    List.of(run + "/", " cannot be written: No space left on device", "free some space"));
            assertEquals(1, full.code());
            assertTrue(sh("mount -o remount,size=50m " + disk));
            Cli.succeed("train", "--resume", run.toString(), "--server", server.address());
            Path whole = directory.resolve("whole");
            Cli.succeed(train(whole, 2048));
            assertEquals(
                    RunFiles.withoutTimes(whole.resolve("progress.csv")),
                    RunFiles.withoutTimes(run.resolve("progress.csv")));
        } finally {
            sh("umount " + disk);
        }
    }

    @Test
    void theErrorNamesAPathThatIsReadOnly() throws IOException, InterruptedException {
        Path disk = Files.createDirectory(directory.resolve("disk"));
        Assumptions.assumeTrue(sh("mount -t tmpfs -o size=5m none " + disk), "only root can mount a file system");
        try {
            Path run = disk.resolve("run");
            Cli.succeed(train(run, 512));
            assertTrue(sh("mount -o remount,ro " + disk));
            Cli.fail(
                    List.of(
                            "cannot create run directory " + disk.resolve("other"),
                            "ead-only file system",
                            "give another --run-dir"),
                    train(disk.resolve("other"), 512));
            Cli.fail(
                    List.of(
                            run.resolve(".lock") + " cannot be written: ",
                            "ead-only file system",
                            "choose another directory"),
                    "train",
                    "--resume",
                    run.toString(),
                    "--steps",
                    "1024");
            Cli.fail(
                    List.of(run.resolve("eval") + " cannot be written: ", "ead-only file system"),
                    "eval",
                    run.toString(),
                    "--episodes",
                    "1",
                    "--server",
                    server.address());
            Cli.fail(
                    List.of(disk.resolve("out") + " cannot be written: ", "ead-only file system"),
                    "report",
                    run.toString(),
                    "--out",
                    disk.resolve("out").toString(),
                    "--formats",
                    "md");
        } finally {
            sh("umount " + disk);
        }
    }

    @Test
    void theErrorNamesTheFileAndTheLimitOnTheSizeOfFiles() throws IOException, InterruptedException {
        Path run = directory.resolve("run");
        // The limit is 512 * 1024 bytes. A checkpoint of this run is larger. The native library that gRPC unpacks into
        // a file is smaller, so the run can connect to the server.
        UnaryOperator<String> limited = java -> "ulimit -f 512; exec " + java;
        List<String> command = new ArrayList<>(List.of(train(run, 2048)));
        command.addAll(List.of("--hidden", "512,256"));
        Process process = shell(limited, command);
        String out = new String(process.getInputStream().readAllBytes());
        assertEquals(1, process.waitFor(), out);
        String complaint = out.lines()
                .filter(line -> line.startsWith("gymwire: "))
                .findFirst()
                .orElse(out);
        assertEquals(
                "gymwire: " + run.resolve("checkpoints/step_000000000.safetensors")
                        + " cannot be written: File too large; raise the limit on the size of files (ulimit -f)",
                complaint);
        assertTrue(out.lines().noneMatch(line -> line.startsWith("\tat ")), out);
    }

    @Test
    void aTemporaryDirectoryThatDoesNotExistIsNamed() throws IOException, InterruptedException {
        for (List<String> command :
                List.of(List.of("info"), List.of("train", "CartPole-v1", "--run-dir", directory + "/run"))) {
            try (AgentProcess agent = new AgentProcess(
                    directory, List.of("-Djava.io.tmpdir=/nonexistent"), command.toArray(String[]::new))) {
                Cli.assertComplaint(
                        agent.awaitEnd(),
                        agent.err(),
                        List.of("the environment server cannot be started:"
                                + " /nonexistent cannot be used: no temporary directory can be made in it: there is no such"
                                + " directory; choose another place with "));
            }
        }
    }

    private static String[] train(Path run, int steps) {
        return new String[] {
            "train",
            "CartPole-v1",
            "--preset",
            "none",
            "--steps",
            Integer.toString(steps),
            "--envs",
            "4",
            "--batch",
            "256",
            "--critic-epochs",
            "1",
            "--checkpoint-every",
            "0",
            "--server",
            server.address(),
            "--run-dir",
            run.toString()
        };
    }

    private static Process shell(UnaryOperator<String> script, List<String> arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "bash",
                "-c",
                script.apply("\"$@\""),
                "bash",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:-UsePerfData",
                "-cp",
                System.getProperty("java.class.path"),
                "--add-modules",
                "jdk.incubator.vector",
                Gymwire.class.getName()));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true).start();
    }

    private static boolean sh(String script) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", script)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }
}
