// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** What the scripts of Slurm jobs have in common. */
final class SlurmText {

    /** Time to leave checkpoints in before the limit. */
    private static final int SECONDS_BEFORE_LIMIT = 120;

    /** How a job ends before its program does; the program is in the background, its process id in {@code gymwire}. */
    static final String TRAPS = """
            gymwire=
            stop() {
              trap '' USR1 TERM INT
              if [ -n "$gymwire" ]; then
                kill -TERM "$gymwire"
                wait "$gymwire"
              fi
            }
            # Out of time: leaves checkpoints, and waits in the queue for its next turn.
            trap 'stop; scontrol requeue "$SLURM_JOB_ID"; exit 0' USR1
            # Cancelled, or its place is wanted for another job.
            trap 'stop; exit 143' TERM INT
            """;

    private SlurmText() {}

    /**
     * What is asked of Slurm for every job: it is queued again when it loses a host, and told before its time is over.
     *
     * @param cores for each task
     * @param directory that exists, for what the job prints
     * @param output the file's name there, in Slurm's pattern
     */
    static String requests(int cores, Path directory, String output) {
        return """
                #SBATCH --job-name=gymwire
                #SBATCH --cpus-per-task=%d
                #SBATCH --chdir=%s
                #SBATCH --output=%s/%s
                #SBATCH --open-mode=append
                #SBATCH --requeue
                #SBATCH --signal=B:USR1@%d
                """.formatted(
                        cores,
                        quoted(Path.of("").toAbsolutePath().toString()),
                        quoted(directory.toString()),
                        output,
                        SECONDS_BEFORE_LIMIT);
    }

    /** A command line of the shell. */
    static String line(List<String> words) {
        return words.stream().map(SlurmText::quoted).collect(Collectors.joining(" "));
    }

    /** As a word of the shell. */
    static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
