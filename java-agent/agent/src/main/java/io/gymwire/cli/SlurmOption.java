// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.evaluate.CurveEvaluation;
import io.gymwire.files.Directories;
import io.gymwire.fleet.SessionLayout;
import io.gymwire.learn.EnvironmentSettings;
import io.gymwire.learn.RunSettings;
import io.gymwire.record.RunDirectory;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Settings;
import io.gymwire.sweep.Part;
import io.gymwire.sweep.SlurmFleetScript;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/**
 * The options for a run that is a job of a Slurm cluster. With --slurm, train does not train: it makes the directory
 * for the job's output and prints the job's script.
 */
final class SlurmOption {

    /** The options of train that cannot be combined with --slurm, each with the reason. */
    private static final Map<String, String> REFUSED = Map.of(
            "--server", "the job starts its own servers on its hosts",
            "--servers", "the job starts its own servers on its hosts",
            "--resume", "the job continues the run in --run-dir if there is one",
            "--table",
                    "a run of a job shows no table; its output is in " + RunDirectory.LOG + " in the run's directory");
    /** The options that are not copied to the command line of the job's agent. */
    private static final List<String> OWN = List.of(
            "--slurm",
            "--hosts",
            "--run-dir",
            "--seed",
            RunSettings.WORKERS.option(),
            EnvironmentSettings.IMPORT.option(),
            EnvironmentSettings.PYTHON.option(),
            "--debug");

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    @Option(
            names = "--slurm",
            description = "Print the script of a Slurm job instead of running. The job runs a server on each of its"
                    + " hosts and the agent on the first host. When started again, it continues the run.")
    private boolean wanted;

    @Option(names = "--hosts", paramLabel = "H", description = "Number of hosts of the Slurm job (1).")
    private Integer hosts;

    /** Whether a script is wanted. Refuses --hosts without --slurm, and the options that --slurm does not allow. */
    boolean isWanted() {
        if (!wanted && hosts != null) {
            throw refusal("--hosts is the number of hosts of a Slurm job; add --slurm, or leave --hosts out");
        }
        for (Map.Entry<String, String> refused : REFUSED.entrySet()) {
            if (wanted && parsed().hasMatchedOption(refused.getKey())) {
                throw refusal(refused.getKey() + " cannot be combined with --slurm: " + refused.getValue() + "; leave "
                        + refused.getKey() + " out");
            }
        }
        return wanted;
    }

    /**
     * The text of the job's script. This method also makes the directory for the job's output.
     *
     * @param request the run
     * @param wantedDirectory the run's directory, or null for the default
     * @throws IOException if the run's directory contains a run with other settings, or if the directory for the job's
     *     output cannot be created
     */
    String script(RunRequest request, Path wantedDirectory) throws IOException {
        String envId = request.config().envId();
        long seed = request.config().get(RunSettings.SEED);
        if (seed > SweepCommand.LARGEST_SEED) {
            throw refusal("--seed can be at most " + SweepCommand.LARGEST_SEED + " with --slurm; got " + seed);
        }
        Path run = Optional.ofNullable(wantedDirectory)
                .orElseGet(() -> RunDirectory.defaultPath(envId, seed, Instant.now()))
                .toAbsolutePath()
                .normalize();
        if (run.getFileName() == null) {
            throw refusal("--run-dir must be a directory for this run only; got " + wantedDirectory);
        }
        int sessions = sessions(request.layout());
        List<String> train = new ArrayList<>(List.of(envId));
        train.addAll(SettingOptions.words(parsed(), OWN));
        train.add(RunSettings.WORKERS.option() + "=" + sessions);
        train.add("--run-dir=" + run.getFileName());
        // Checks the run now, so that a mistake is found before the job is submitted. The job adds --servers with a
        // list of its own servers. The list does not exist yet.
        List<String> ofTheJob = new ArrayList<>(train);
        ofTheJob.add("--servers=servers");
        new SweepPlan(run.getParent(), List.of(seed), Part.WHOLE).add("the job", ofTheJob);

        List<String> agent = new ArrayList<>(List.of(Gymwire.launcher(), "sweep"));
        agent.addAll(train);
        agent.addAll(List.of("--seeds=" + seed, "--dir=" + run.getParent()));
        // Slurm does not create the directory for its output. The output does not go to the run's directory, which
        // contains only files of the run.
        Path directory = run.resolveSibling(run.getFileName() + ".slurm");
        Directories.make(directory);
        return new SlurmFleetScript(directory, hosts(), sessions, agent, server(request, sessions)).text();
    }

    private int hosts() {
        return hosts == null ? 1 : hosts;
    }

    /**
     * The number of sessions: --workers from the command line or the preset, or else one per host, because this program
     * does not know how many cores the hosts have.
     */
    private int sessions(SessionLayout layout) {
        int most = layout.chosen() ? layout.workers() : layout.envs();
        if (hosts() < 1 || hosts() > most) {
            throw refusal(String.format(
                    Locale.ROOT,
                    "--hosts must be from 1 to %d, the number of %s (each host needs at least one); got %d",
                    most,
                    layout.chosen() ? "--workers" : "--envs",
                    hosts()));
        }
        return layout.chosen() ? most : hosts();
    }

    /**
     * The command line of a server. The run has all permissions that it has on a managed server, except windows (render
     * mode human). Only this run has the server's token; see {@link SlurmFleetScript}.
     */
    private List<String> server(RunRequest request, int sessions) {
        List<String> words = new ArrayList<>(
                List.of(Gymwire.launcher(), "serve", "--allow-import", "--allow-files", "--allow-call"));
        // One session can have all environments of a host, so the limit on a session is practically off. Slurm limits
        // the job.
        words.add("--session-memory=1000000");
        Settings settings = request.config().settings();
        EnvironmentSettings.imports(settings).forEach(module -> words.add("--import=" + module));
        EnvironmentSettings.python(settings).ifPresent(python -> words.add("--python=" + python));
        // If all servers except one are lost, all sessions move to this one. Its limits also count sessions with a
        // broken connection, until it closes them. So each limit is twice the number that the run needs. If neither the
        // command line nor the preset sets --workers, and --hosts is not given, the server's default limit of sessions
        // suffices.
        if (request.layout().chosen() || hosts != null) {
            words.add("--max-sessions=" + 2 * (sessions + CurveEvaluation.SESSIONS));
        }
        int envs = request.layout().envs();
        // If the user does not give --envs, and the number in the preset is not above the default of --envs, the
        // server's default limits of environments suffice.
        if (request.given().contains(RolloutSettings.ENVS)
                || envs > RolloutSettings.ENVS.defaultValue().orElseThrow()) {
            int most = 2 * (envs + CurveEvaluation.ENVIRONMENTS);
            words.add("--max-envs=" + most);
            words.add("--max-envs-per-session=" + most);
        }
        Double seconds = parsed().matchedOptionValue("--request-timeout", null);
        if (seconds != null) {
            // The server accepts no limit below one second. If --request-timeout is shorter, only the agent has this
            // shorter limit.
            words.add("--request-seconds=" + Math.max(1, seconds));
        }
        return words;
    }

    private ParseResult parsed() {
        return command.commandLine().getParseResult();
    }

    private ParameterException refusal(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
