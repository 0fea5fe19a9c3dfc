// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * One run as a Slurm job: a server on each of its hosts, and the agent on the first host. The agent is started as a
 * sweep with this one run. So the rules of sweeps decide whether the agent begins, continues or refuses the run.
 *
 * @param directory the directory of the job's own files; it exists, and all hosts share it
 * @param hosts the number of hosts, at most one for each session
 * @param sessions the number of sessions over all hosts
 * @param agent the agent's command line: {@code gymwire sweep} and its arguments, except {@code --servers} and
 *     {@code --wait-servers}
 * @param server the server's command line: {@code gymwire serve} and its arguments, except {@code --listen} and
 *     {@code --token-file}
 */
public record SlurmFleetScript(Path directory, int hosts, int sessions, List<String> agent, List<String> server) {

    /**
     * The maximum time for servers to start, and the agent's {@code --wait-servers}. It is long, because the hosts
     * possibly read the programs over a network.
     */
    private static final int SECONDS_TO_START = 300;

    /** The script. */
    public String text() {
        int share = (sessions + hosts - 1) / hosts;
        int cores = share + 1;
        return String.format(
                Locale.ROOT,
                """
                #!/bin/sh
                #SBATCH --nodes=%1$d
                #SBATCH --ntasks-per-node=1
                %2$s#
                # Save this as train.sh and submit it: sbatch train.sh
                # A server runs on each host. The agent runs on the first host. To continue the run, submit train.sh
                # again.
                # Cores of a host: one for each of its sessions (%3$d at most), and one more for the server, which
                # passes their messages on. On the first host the agent uses these cores too: it learns while the
                # sessions wait.

                %4$s
                # The job's own files: the token, new at each start, and the addresses of the servers.
                files=%5$s/$SLURM_JOB_ID
                servers=
                end() {
                  if [ -n "$servers" ]; then
                    kill -TERM "$servers" 2>/dev/null
                    wait "$servers"
                  fi
                  rm -rf "$files"
                }
                trap end EXIT
                rm -rf "$files"
                (umask 077 && mkdir "$files" && od -An -N32 -tx1 /dev/urandom | tr -d ' \\n' >"$files/token") || exit 1

                # A server listens only at its node's address in Slurm, which this host can reach.
                for node in $(scontrol show hostnames "$SLURM_JOB_NODELIST"); do
                  name=$(scontrol --oneliner show node "$node" | sed 's/.* NodeAddr=\\([^ ]*\\).*/\\1/')
                  echo "$node $(getent ahosts "$name" | sed -n '1{s/ .*//;s/.*:.*/[&]/;p;}')"
                done >"$files/nodes"
                # If one server ends, the agent continues with the others: srun must not end them.
                srun --nodes=%1$d --ntasks=%1$d --ntasks-per-node=1 --cpus-per-task=%6$d --overlap \\
                  --input=none --label --kill-on-bad-exit=0 --wait=0 sh -c '
                    files=$1
                    shift
                    address=$(sed -n "s/^$SLURMD_NODENAME //p" "$files/nodes")
                    exec "$@" --listen "${address:?of $SLURMD_NODENAME is not known}:0" --token-file "$files/token" \\
                      >"$files/server.$SLURM_NODEID"
                  ' sh "$files" %7$s &
                servers=$!

                # Prints the list of servers: one line for each server that has printed all of "listening on ADDRESS".
                addresses() {
                  for file in "$files"/server.*; do
                    while read -r listening on address; do
                      [ "$listening $on" != "listening on" ] || echo "$address token-file=token"
                    done <"$file"
                  done 2>/dev/null
                }
                seconds=0
                until [ "$(addresses | wc -l)" -eq %1$d ] || [ "$seconds" -eq %8$d ]; do
                  # If srun has ended, no more servers will start.
                  kill -0 "$servers" 2>/dev/null || break
                  sleep 1
                  seconds=$((seconds + 1))
                done
                addresses >"$files/servers.new"
                mv "$files/servers.new" "$files/servers"

                %9$s --servers "$files/servers" --wait-servers %8$d &
                gymwire=$!
                wait "$gymwire"
                """,
                hosts,
                SlurmText.requests(cores, directory, "slurm-%j.out"),
                share,
                SlurmText.TRAPS,
                ShellWords.quoted(directory.toString()),
                cores,
                ShellWords.line(server),
                SECONDS_TO_START,
                ShellWords.line(agent));
    }
}
