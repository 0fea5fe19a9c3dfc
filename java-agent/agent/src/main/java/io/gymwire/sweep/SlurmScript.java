// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.nio.file.Path;
import java.util.List;

/** A sweep as a Slurm array job: one task for each run, each continuing what an earlier one left. */
public final class SlurmScript {

    private SlurmScript() {}

    /**
     * The script.
     *
     * @param directory of the sweep
     * @param launcher the program {@code gymwire}
     * @param cores for each run
     */
    public static String of(Path directory, List<SweepRun> runs, Path launcher, int cores) {
        StringBuilder text = new StringBuilder("#!/bin/sh\n");
        text.append("#SBATCH --job-name=gymwire\n");
        text.append("#SBATCH --array=0-").append(runs.size() - 1).append('\n');
        text.append("#SBATCH --cpus-per-task=").append(cores).append('\n');
        text.append("#SBATCH --output=")
                .append(directory.toAbsolutePath().normalize())
                .append("/slurm-%A_%a.out\n");
        text.append("""
                # A run that is out of time leaves a checkpoint; submitting the script again continues it.
                #SBATCH --signal=B:TERM@60

                case $SLURM_ARRAY_TASK_ID in
                """);
        for (int i = 0; i < runs.size(); i++) {
            SweepRun run = runs.get(i);
            text.append("  ")
                    .append(i)
                    .append(") dir=")
                    .append(quoted(run.directory().toString()))
                    .append("; set --");
            run.arguments().forEach(argument -> text.append(' ').append(quoted(argument)));
            text.append(" ;;\n");
        }
        text.append("esac\n");
        text.append("gymwire=")
                .append(quoted(launcher.toAbsolutePath().normalize().toString()))
                .append('\n');
        text.append("""
                if grep -q '"status": "finished"' "$dir/manifest.json" 2>/dev/null; then
                  echo "$dir is finished"
                elif [ -f "$dir/checkpoints/latest" ]; then
                  # What is about the machine is not the run's.
                  for word; do
                    shift
                    case $word in --workers=* | --server* | --wait-servers=* | --request-timeout=*) set -- "$@" "$word" ;; esac
                  done
                  exec "$gymwire" train --resume "$dir" "$@"
                else
                  exec "$gymwire" train "$@" --run-dir "$dir"
                fi
                """);
        return text.toString();
    }

    /** As a word of the shell. */
    private static String quoted(String word) {
        return word.matches("[A-Za-z0-9_./:=,@%+-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
