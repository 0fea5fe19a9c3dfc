// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.gymwire.testing.PythonTools;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A Slurm cluster of two nodes, made by {@code slurm_cluster.py}. */
final class SlurmCluster implements AutoCloseable {

    /** If no cluster can be made, the tests that need it are skipped. If this variable is set, they fail instead. */
    private static final String REQUIRED = "GYMWIRE_REQUIRE_SLURM";

    private static final int TIMEOUT_SECONDS = 300;

    private static final List<String> PROGRAMS =
            List.of("slurmctld", "slurmd", "sbatch", "munged", "ip", "unshare", "nsenter", "setpriv");

    private final Path directory;
    private final Process process;
    private final String pid;

    SlurmCluster(Path directory) throws IOException {
        this.directory = directory;
        process = new ProcessBuilder(
                        PythonTools.python().toString(), "src/test/python/slurm_cluster.py", directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String line =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)).readLine();
        assertTrue(line != null && line.startsWith("ready "), "the cluster does not start; its logs: " + directory);
        pid = line.substring("ready ".length());
    }

    /** If no cluster can be made, skips the tests, or lets them fail if {@link #REQUIRED} is set. */
    static void require() throws IOException {
        Optional<String> missing = missing();
        if (missing.isPresent() && System.getenv(REQUIRED) != null) {
            fail(REQUIRED + " is set, but " + missing.get());
        }
        missing.ifPresent(reason -> abort(reason));
    }

    /** A text that names the missing programs or the missing permission; empty if a cluster can be made. */
    private static Optional<String> missing() throws IOException {
        String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin" + File.pathSeparator + "/sbin";
        List<Path> folders =
                Arrays.stream(path.split(File.pathSeparator)).map(Path::of).toList();
        List<String> absent = PROGRAMS.stream()
                .filter(name -> folders.stream().noneMatch(folder -> Files.isExecutable(folder.resolve(name))))
                .toList();
        if (!absent.isEmpty()) {
            return Optional.of("there is no " + String.join(", ", absent));
        }
        Process probe = new ProcessBuilder("unshare", "--net", "true").start();
        try {
            return probe.waitFor() == 0 ? Optional.empty() : Optional.of("this user may not make a network namespace");
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Runs a Slurm command and returns what it printed. */
    String run(String... command) throws IOException, InterruptedException {
        List<String> words = new ArrayList<>(List.of("nsenter", "--net=/proc/" + pid + "/ns/net"));
        words.addAll(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(words).redirectErrorStream(true);
        builder.environment().put("SLURM_CONF", directory.resolve("slurm.conf").toString());
        Process run = builder.start();
        String out = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertEquals(0, run.waitFor(), () -> String.join(" ", command) + ": " + out);
        return out;
    }

    /** Waits until a condition is true. Fails with the message {@code otherwise} after {@link #TIMEOUT_SECONDS}. */
    void await(Callable<Boolean> condition, String otherwise) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
        while (!condition.call()) {
            if (System.nanoTime() > deadline) {
                fail(otherwise + "; the queue: " + run("squeue", "--all"));
            }
            Thread.sleep(50);
        }
    }

    /** Waits until a job or task that was interrupted is queued again. Then tells Slurm to start it. */
    void startAgain(String job) throws Exception {
        await(() -> states(job).contains("PENDING"), "the job is not queued again");
        // Without this command, Slurm waits two minutes before it starts a requeued job. The start is two seconds from
        // now, because Slurm counts whole seconds: if a job starts again in the second in which it was stopped, Slurm
        // regards the started job as stopped.
        run("scontrol", "update", "JobId=" + job, "StartTime=now+2");
    }

    /**
     * Saves a job script that a command printed. The saved script calls another launcher, which starts the classes
     * under test.
     */
    static Path save(String script, Path file) throws IOException {
        Path launcher = PythonTools.home().resolve("gymwire");
        assertTrue(script.contains(launcher.toString()), script);
        Path gymwire = Files.writeString(
                file.resolveSibling("gymwire"),
                "#!/bin/sh\nexec '" + String.join("' '", AgentProcess.command(List.of())) + "' \"$@\"\n");
        assertTrue(gymwire.toFile().setExecutable(true));
        String word = "'" + gymwire.toString().replace("'", "'\\''") + "'";
        return Files.writeString(file, script.replace(launcher.toString(), word));
    }

    /**
     * The state of a job, or the states of a job array's tasks in Slurm's order. A job or task that has left the queue
     * is COMPLETED or in another final state.
     */
    List<String> states(String job) throws IOException, InterruptedException {
        return Stream.of(run("scontrol", "--oneliner", "show", "job", job).split("\n"))
                .map(line -> line.replaceFirst(".*JobState=(\\w+).*", "$1"))
                .toList();
    }

    @Override
    public void close() throws IOException {
        process.getOutputStream().close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
