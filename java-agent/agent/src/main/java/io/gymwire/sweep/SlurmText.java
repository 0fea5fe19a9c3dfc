// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.nio.file.Path;
import java.util.Locale;

/** The texts that all scripts of Slurm jobs share. */
final class SlurmText {

    /** The minimum time between Slurm's signal and the time limit. Checkpoints are saved in this time. */
    private static final int SECONDS_BEFORE_LIMIT = 120;

    /**
     * The shell's traps for signals. Each trap first ends the job's program, if it has started, and then the job. The
     * program runs in the background; its process id is in the shell variable {@code gymwire}.
     */
    static final String TRAPS = """
            gymwire=
            stop() {
              trap '' USR1 TERM INT
              if [ -n "$gymwire" ]; then
                kill -TERM "$gymwire"
                wait "$gymwire"
              fi
            }
            # The time limit is near: save checkpoints, and queue the job again.
            trap 'stop; scontrol requeue "$SLURM_JOB_ID"; exit 0' USR1
            # The job is cancelled, or another job takes its place.
            trap 'stop; exit 143' TERM INT
            """;

    private SlurmText() {}

    /**
     * The options that every job gives to Slurm. Slurm queues the job again if the job loses a node, and sends a signal
     * to the job before the time limit.
     *
     * @param cores the number of cores of each Slurm task
     * @param directory the directory for the job's output; it exists
     * @param output the name of the output file in the directory, as a pattern of Slurm
     */
    static String requests(int cores, Path directory, String output) {
        return String.format(
                Locale.ROOT,
                """
                #SBATCH --job-name=gymwire
                #SBATCH --cpus-per-task=%d
                #SBATCH --chdir=%s
                #SBATCH --output=%s/%s
                #SBATCH --open-mode=append
                #SBATCH --requeue
                #SBATCH --signal=B:USR1@%d
                """,
                cores,
                ShellWords.quoted(Path.of("").toAbsolutePath().toString()),
                pattern(directory),
                output,
                SECONDS_BEFORE_LIMIT);
    }

    /**
     * A directory as Slurm's --output takes it. Slurm replaces %j and similar patterns, so each % is doubled: Slurm
     * replaces %% with %.
     */
    static String pattern(Path directory) {
        return ShellWords.quoted(directory.toString().replace("%", "%%"));
    }
}
