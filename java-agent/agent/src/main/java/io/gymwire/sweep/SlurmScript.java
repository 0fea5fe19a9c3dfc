// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A sweep as a Slurm array job. Each Slurm task executes {@code gymwire sweep} for one part of the sweep's runs. So the
 * rules of sweeps decide which runs the task skips, continues or refuses.
 */
public final class SlurmScript {

    /** The maximum number of Slurm tasks. Their indices are below 1001, the default of Slurm's MaxArraySize. */
    private static final int MOST_TASKS = 1000;

    private SlurmScript() {}

    /**
     * The script.
     *
     * @param directory the sweep's directory
     * @param runs the number of runs
     * @param command the path of {@code gymwire}, the word {@code sweep}, and the arguments of {@code sweep}
     * @param cores the number of cores of each Slurm task
     */
    public static String of(Path directory, int runs, List<String> command, int cores) {
        int tasks = Math.min(runs, MOST_TASKS);
        String report = ShellWords.line(List.of(command.get(0), "report", directory.toString()));
        return String.format(
                Locale.ROOT,
                """
                #!/bin/sh
                #SBATCH --array=0-%1$d
                %2$s#
                # Save this as sweep.sh. Submit it and a second job, which makes the report even if runs fail:
                #   job=$(sbatch --parsable sweep.sh)
                #   sbatch --dependency=afterany:$job --output=%3$s/report.out --wrap %4$s
                # If you submit sweep.sh again, it continues the runs that have not finished.

                %5$s
                %6$s --part "$SLURM_ARRAY_TASK_ID/%7$d" &
                gymwire=$!
                wait "$gymwire"
                """,
                tasks - 1,
                SlurmText.requests(cores, directory, "slurm-%A_%a.out"),
                SlurmText.pattern(directory),
                ShellWords.quoted(report),
                SlurmText.TRAPS,
                ShellWords.line(command),
                tasks);
    }
}
