// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.checkpoint.Checkpoint;
import io.gymwire.env.AutoresetMode;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.remote.VideoEncoder;
import io.gymwire.evaluate.EpisodeVideo;
import io.gymwire.evaluate.Evaluator;
import io.gymwire.evaluate.LongEvaluation;
import io.gymwire.files.AtomicFiles;
import io.gymwire.files.Directories;
import io.gymwire.fleet.Servers;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.record.ConfigFile;
import io.gymwire.record.RunDirectory;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gymwire eval}: plays episodes with the policy of a run's checkpoint, usually the newest. */
@Command(
        name = "eval",
        sortOptions = false,
        abbreviateSynopsis = true,
        modelTransformer = SettingOptions.EnvironmentAdder.class,
        description = "Plays episodes with a run's policy and its frozen normaliser; writes eval/evaluations.csv.")
final class EvalCommand implements Callable<Integer>, SettingOptions.Holder {

    @Parameters(index = "0", paramLabel = "RUN_DIR", description = "The run's directory.")
    private Path runDir;

    @Option(
            names = "--episodes",
            paramLabel = "K",
            defaultValue = "20",
            description = "Number of episodes (${DEFAULT-VALUE}).")
    private int episodes;

    @Option(names = "--video", description = "Also film episodes: videos/episode-0.mp4 shows the first.")
    private boolean video;

    @Option(
            names = "--video-episodes",
            paramLabel = "K",
            defaultValue = "1",
            description = "Number of episodes to film with --video (${DEFAULT-VALUE}).")
    private int videoEpisodes;

    @ArgGroup
    private final Choice choice = new Choice();

    @Mixin
    private ServerOption server;

    private SettingOptions options;

    /** The way to choose actions. */
    static final class Choice {
        @Option(names = "--deterministic", description = "Take the most probable action (default).")
        boolean deterministic;

        @Option(names = "--stochastic", description = "Draw actions, as in training.")
        boolean stochastic;
    }

    @Override
    public void setSettings(SettingOptions options) {
        this.options = options;
    }

    @Override
    public Integer call() throws IOException {
        if (episodes < 1) {
            throw new IllegalArgumentException("--episodes must be at least 1; got " + episodes);
        }
        if (videoEpisodes < 1 || videoEpisodes > episodes) {
            throw new IllegalArgumentException(
                    "--video-episodes must be from 1 to --episodes (" + episodes + "); got " + videoEpisodes);
        }
        RunDirectory directory = RunDirectory.open(runDir);
        RunConfig config = options.over(ConfigFile.read(directory.config()).config());
        Directories.requireWritable(directory.eval());
        if (video) {
            Directories.requireWritable(directory.videos());
        }
        try (Servers servers = new Servers(server.hosting(options, config.settings()), System.err::println)) {
            RemoteServer remote = servers.first();
            MakeOptions one = config.environment();
            Learner learner = load(directory, config, remote, one);
            evaluate(learner, config, directory, remote);
            if (video) {
                film(learner, directory, remote, config);
            }
        }
        return 0;
    }

    private static Learner load(RunDirectory directory, RunConfig config, RemoteServer remote, MakeOptions one)
            throws IOException {
        Learner learner;
        try (VectorEnv probe = remote.make(one)) {
            learner = new Learner(config, probe.singleObservationSpace(), probe.singleActionSpace());
        }
        Checkpoint.loadForPlay(directory.checkpoints(), learner, System.out::println);
        return learner;
    }

    private void evaluate(Learner learner, RunConfig config, RunDirectory directory, RemoteServer remote)
            throws IOException {
        MakeOptions one = config.environment();
        List<Evaluator.Episode> played = Evaluator.evaluate(
                learner,
                count -> remote.make(one.withNumEnvs(count)),
                episodes,
                !choice.stochastic,
                new LongEvaluation(one.envId(), System.err::println));
        print(one.envId(), played);
        Path csv = directory.evaluations();
        Directories.makeOne(directory.eval());
        long step = learner.iterations() * config.get(RolloutSettings.BATCH);
        AtomicFiles.write(csv, Evaluator.csv(step, played, !choice.stochastic));
        System.out.println("  " + csv);
    }

    private void print(String envId, List<Evaluator.Episode> played) {
        DoubleSummaryStatistics returns =
                played.stream().mapToDouble(Evaluator.Episode::totalReward).summaryStatistics();
        double mean = returns.getAverage();
        double variance = played.stream()
                .mapToDouble(e -> (e.totalReward() - mean) * (e.totalReward() - mean))
                .average()
                .orElse(0);
        double length =
                played.stream().mapToLong(Evaluator.Episode::length).average().orElse(0);
        System.out.printf(
                Locale.ROOT,
                "%s, %d %s, %s policy: return %.2f +- %.2f (%.2f to %.2f), length %.1f%n",
                envId,
                episodes,
                episodes == 1 ? "episode" : "episodes",
                choice.stochastic ? "stochastic" : "deterministic",
                mean,
                Math.sqrt(variance),
                returns.getMin(),
                returns.getMax(),
                length);
    }

    private void film(Learner learner, RunDirectory directory, RemoteServer remote, RunConfig config)
            throws IOException {
        Directories.makeOne(directory.videos());
        MakeOptions drawn =
                config.environment().withAutoresetMode(AutoresetMode.DISABLED).withRenderMode("rgb_array");
        for (int i = 0; i < videoEpisodes; i++) {
            Path file = directory.videos().resolve("episode-" + i + ".mp4");
            try (VectorEnv env = remote.make(drawn)) {
                Evaluator.Episode episode = EpisodeVideo.record(
                        learner,
                        env,
                        !choice.stochastic,
                        Evaluator.FIRST_SEED + i,
                        new VideoEncoder.Target(file, config.python()));
                System.out.printf(
                        Locale.ROOT, "  %s: return %.2f, %d steps%n", file, episode.totalReward(), episode.length());
            }
        }
    }
}
