// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A sweep as a Slurm array job. Each task is the same sweep with a part of its runs, so that it skips, continues and
 * refuses runs by the same rules.
 */
public final class SlurmScript {

    /** Slurm's MaxArraySize is 1001 unless the cluster has another: the largest index is 1000. */
    private static final int MOST_TASKS = 1000;
    /** Time to leave checkpoints in before the limit. */
    private static final int SECONDS_BEFORE_LIMIT = 120;

    private SlurmScript() {}

    /**
     * The script.
     *
     * @param directory of the sweep
     * @param runs how many it has
     * @param command the program {@code gymwire}, {@code sweep} and its arguments
     * @param cores for each task
     */
    public static String of(Path directory, int runs, List<String> command, int cores) {
        int tasks = Math.min(runs, MOST_TASKS);
        String words = command.stream().map(SlurmScript::quoted).collect(Collectors.joining(" "));
        String report = quoted(command.get(0)) + " report " + quoted(directory.toString());
        return """
                #!/bin/sh
                #SBATCH --job-name=gymwire
                #SBATCH --array=0-%1$d
                #SBATCH --cpus-per-task=%2$d
                #SBATCH --chdir=%3$s
                #SBATCH --output=%4$s/slurm-%%A_%%a.out
                #SBATCH --open-mode=append
                #SBATCH --requeue
                #SBATCH --signal=B:USR1@%5$d
                #
                # Save this as sweep.sh. Submit it, and the report, which is made whatever failed:
                #   job=$(sbatch --parsable sweep.sh)
                #   sbatch --dependency=afterany:$job --output=%4$s/report.out --wrap %6$s
                # Submitted again, it continues what has not finished.

                stop() {
                  trap '' USR1 TERM INT
                  kill -TERM "$sweep"
                  wait "$sweep"
                }
                # Out of time: leaves checkpoints, and waits in the queue for its next turn.
                trap 'stop; scontrol requeue "$SLURM_JOB_ID"; exit 0' USR1
                # Cancelled, or its place is wanted for another job.
                trap 'stop; exit 143' TERM INT

                %7$s --part "$SLURM_ARRAY_TASK_ID/%8$d" &
                sweep=$!
                wait "$sweep"
                """.formatted(
                        tasks - 1,
                        cores,
                        quoted(Path.of("").toAbsolutePath().toString()),
                        quoted(directory.toString()),
                        SECONDS_BEFORE_LIMIT,
                        quoted(report),
                        words,
                        tasks);
    }

    /** As a word of the shell. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
