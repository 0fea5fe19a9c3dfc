// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.gymwire.files.DirectoryLock;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Array jobs on a real Slurm cluster come to the end that the local sweep has. */
class SlurmClusterTest {

    private static final int STEPS = 40_960;
    private static final int MOST_SECONDS = 300;

    @TempDir
    private Path directory;

    @BeforeAll
    static void requireCluster() throws IOException {
        Optional<String> missing = SlurmCluster.missing();
        if (missing.isPresent() && System.getenv(SlurmCluster.REQUIRED) != null) {
            fail(SlurmCluster.REQUIRED + " is set, but " + missing.get());
        }
        missing.ifPresent(reason -> abort(reason));
    }

    private static String[] sweep(Path to, String... more) {
        List<String> words =
                List.of("sweep CartPole-v1 --seeds 1-2 --preset none --envs 4 --batch 256 --critic-epochs 1 --workers 1"
                        .split(" "));
        return Stream.of(
                        words.stream(),
                        Stream.of("--steps", Integer.toString(STEPS), "--dir", to.toString()),
                        Stream.of(more))
                .flatMap(each -> each)
                .toArray(String[]::new);
    }

    @Test
    void tasksThatAreRequeuedOrLoseTheirNodeEndLikeTheLocalSweep() throws Exception {
        Path runs = directory.resolve("on cluster");
        Path script = script(runs);
        Path first = runs.resolve("CartPole-v1__s1");
        Path second = runs.resolve("CartPole-v1__s2");
        try (SlurmCluster cluster = new SlurmCluster(directory.resolve("cluster"))) {
            String job = cluster.run("sbatch", "--parsable", "--exclusive", script.toString());
            String report = cluster.run(
                    "sbatch",
                    "--parsable",
                    "--dependency=afterany:" + job,
                    "--chdir=" + directory,
                    "--output=" + directory.resolve("report.out"),
                    "--wrap",
                    "'" + directory.resolve("gymwire") + "' report '" + runs + "'");
            await(() -> hasBegun(first) && hasBegun(second), "the runs do not begin", cluster);
            String node = cluster.run("squeue", "-h", "-j", job + "_1", "-o", "%N");
            cluster.run("scontrol", "requeue", job + "_0");
            cluster.run("scontrol", "update", "NodeName=" + node, "State=DOWN", "Reason=test");
            await(() -> isFree(first) && isFree(second), "the runs do not end", cluster);
            assertFalse(isFinished(first), "it was requeued too late");
            assertFalse(isFinished(second), "its node was lost too late");
            await(() -> cluster.run("squeue", "-h", "-t", "COMPLETING").isEmpty(), "the tasks do not end", cluster);
            for (String task : List.of("_0", "_1")) {
                // Slurm waits two minutes before it starts a requeued job.
                await(() -> cluster.states(job + task).contains("PENDING"), "the task is not queued again", cluster);
                cluster.run("scontrol", "update", "JobId=" + job + task, "StartTime=now");
            }
            await(() -> cluster.states(report).contains("COMPLETED"), "there is no report", cluster);
        }
        assertTrue(isFinished(first) && isFinished(second), "the report is made once all tasks have ended");
        assertTrue(Files.readString(directory.resolve("report.out")).contains("| CartPole-v1 |"));

        Path local = directory.resolve("local");
        Cli.succeed(sweep(local));
        for (Path run : List.of(first, second)) {
            String file = "checkpoints/step_0000" + STEPS + ".safetensors";
            assertArrayEquals(
                    Files.readAllBytes(local.resolve(run.getFileName()).resolve(file)),
                    Files.readAllBytes(run.resolve(file)));
        }
    }

    /** The script of the sweep, with a launcher that starts the classes under test. */
    private Path script(Path runs) throws IOException {
        String script = Cli.succeed(sweep(runs, "--slurm"));
        Path launcher = PythonTools.home().resolve("gymwire");
        assertTrue(script.contains(launcher.toString()), script);
        Path gymwire = Files.writeString(
                directory.resolve("gymwire"),
                "#!/bin/sh\nexec '" + String.join("' '", AgentProcess.command(List.of())) + "' \"$@\"\n");
        assertTrue(gymwire.toFile().setExecutable(true));
        return Files.writeString(
                directory.resolve("sweep.sh"), script.replace(launcher.toString(), gymwire.toString()));
    }

    private static boolean hasBegun(Path run) throws IOException {
        Path progress = run.resolve("progress.csv");
        return Files.exists(progress) && Files.readAllLines(progress).size() > 1;
    }

    private static boolean isFree(Path run) {
        return DirectoryLock.isHeld(run).equals(Optional.of(false));
    }

    private static boolean isFinished(Path run) throws IOException {
        return Files.readString(run.resolve("manifest.json")).contains("\"status\": \"finished\"");
    }

    private static void await(Callable<Boolean> happened, String otherwise, SlurmCluster cluster) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(MOST_SECONDS);
        while (!happened.call()) {
            if (System.nanoTime() > deadline) {
                fail(otherwise + "; the queue: " + cluster.run("squeue", "--all"));
            }
            Thread.sleep(50);
        }
    }
}
