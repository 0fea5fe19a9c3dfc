// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.files.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A Slurm array job (one job of many Slurm tasks) on a real cluster ends with the same results as a local sweep. */
@Tag("launcher")
class SlurmClusterTest {

    private static final int STEPS = 40_960;

    @TempDir
    private Path directory;

    @BeforeAll
    static void requireCluster() throws IOException {
        SlurmCluster.require();
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
    void aTaskThatIsQueuedAgainAndATaskThatLosesItsNodeHaveTheResultsOfALocalSweep() throws Exception {
        Path runs = directory.resolve("on cluster");
        Path script = SlurmCluster.save(Cli.succeed(sweep(runs, "--slurm")), directory.resolve("sweep.sh"));
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
            cluster.await(() -> hasBegun(first) && hasBegun(second), "the runs do not begin");
            String node = cluster.run("squeue", "-h", "-j", job + "_1", "-o", "%N");
            cluster.run("scontrol", "requeue", job + "_0");
            cluster.run("scontrol", "update", "NodeName=" + node, "State=DOWN", "Reason=test");
            cluster.await(() -> isFree(first) && isFree(second), "the runs do not end");
            assertFalse(isFinished(first), "the first run finished before its task was requeued");
            assertFalse(isFinished(second), "the second run finished before its node was lost");
            cluster.await(() -> cluster.run("squeue", "-h", "-t", "COMPLETING").isEmpty(), "the tasks do not end");
            for (String task : List.of("_0", "_1")) {
                cluster.startAgain(job + task);
            }
            cluster.await(() -> cluster.states(report).contains("COMPLETED"), "there is no report");
        }
        assertTrue(isFinished(first) && isFinished(second), "the report was made before both runs had finished");
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
}
