// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.checkpoint.Checkpoint;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.StartOptions;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.Algorithm;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.learn.Trainer;
import io.gymwire.linalg.Vectors;
import io.gymwire.record.ConfigFile;
import io.gymwire.record.RunDirectory;
import io.gymwire.rollout.Batch;
import io.gymwire.rollout.Branches;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.rollout.Sampling;
import io.gymwire.rollout.VineSettings;
import io.gymwire.settings.Setting;
import io.gymwire.settings.Settings;
import io.gymwire.update.Surrogate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Compares ways to estimate the policy gradient: how widely the estimates of each way are spread. The ways are
 * trajectories, and vine sampling with one or several horizons. The policy and the critic come from a checkpoint and do
 * not change.
 *
 * <p>Each way collects M batches. From each batch b, it makes one estimate g_b of the gradient of L at theta_old. All
 * batches have the same number of simulated steps. Gradients have the unit of the reward. If vine sampling draws its K
 * actions, the baseline is the mean of these actions' values. This multiplies the expected gradient by (K - 1) / K (see
 * {@link Branches}). So the advantages are multiplied by K / (K - 1). For each way, the mean of g_b is computed over
 * the first half of the batches. The unit vector u has the direction of the sum of these means. From the second half,
 * these numbers are computed for each way:
 *
 * <pre>
 *   mean of u'g_b (u' is the transpose of u), with its standard error
 *   deviation = standard deviation of u'g_b, the standard error of one batch's estimate
 *   batches   = (deviation / mean)^2; with this many batches, the standard error of the mean is as large as the mean
 * </pre>
 *
 * <p>The noise is sqrt(tr C), where C is the covariance matrix of g_b. If the means of two ways differ by several
 * standard errors, the two ways estimate different vectors: the critic's errors affect each way differently.
 */
public final class GradientNoise {

    /** The number of batches before the first estimate. They bring environments to different steps of episodes. */
    private static final int WARM_UP = 5;

    private final RunDirectory directory;
    private final RunConfig config;
    private final int batches;
    private final List<Way> ways = new ArrayList<>();

    /** A way to estimate the gradient, and its estimates g_b [M][P], with P parameters of the policy. */
    private record Way(String name, double[][] gradients) {

        /** Adds to {@code sum} the mean of the estimates g_b with {@code from <= b < to}. */
        void addMean(int from, int to, double[] sum) {
            for (int b = from; b < to; b++) {
                for (int i = 0; i < sum.length; i++) {
                    sum[i] += gradients[b][i] / (to - from);
                }
            }
        }
    }

    private GradientNoise(RunDirectory directory, int batches) throws IOException {
        this.directory = directory;
        this.config = ConfigFile.read(directory.config()).config();
        this.batches = batches;
    }

    /** Measures the noise. Arguments: RUN_DIR [BATCHES [HORIZON...]]. Vine sampling is measured with each HORIZON. */
    public static void main(String[] args) throws IOException {
        int batches = args.length > 1 ? Integer.parseInt(args[1]) : 100;
        if (args.length == 0 || batches < 4) {
            System.err.println("usage: GradientNoise RUN_DIR [BATCHES [HORIZON...]], with at least 4 batches");
            System.exit(2);
        }
        GradientNoise noise = new GradientNoise(RunDirectory.open(Path.of(args[0])), batches);
        noise.measure("path, lambda " + noise.config.get(RolloutSettings.LAMBDA), noise.settings(Sampling.PATH));
        Settings vine = noise.settings(Sampling.VINE);
        if (args.length <= 2) {
            noise.measure("vine", vine);
        }
        for (int i = 2; i < args.length; i++) {
            noise.measure("vine, horizon " + args[i], vine.with(VineSettings.HORIZON, Integer.parseInt(args[i])));
        }
        noise.table().lines().forEach(System.out::println);
    }

    /** The run's settings for one way. For all ways, settings that vine sampling cannot use have their defaults. */
    private Settings settings(Sampling sampling) {
        Settings settings =
                config.settings().with(RunSettings.ALGORITHM, Algorithm.TRPO).with(VineSettings.SAMPLING, sampling);
        for (Setting<?> setting : Sampling.VINE.withoutEffect().keySet()) {
            settings = withDefault(settings, setting);
        }
        return settings;
    }

    private static <T> Settings withDefault(Settings settings, Setting<T> setting) {
        return settings.with(setting, setting.defaultValue().orElseThrow());
    }

    private void measure(String name, Settings settings) throws IOException {
        RunConfig its = new RunConfig(config.envId(), settings);
        try (Sessions sessions = Sessions.onOwnServers(
                StartOptions.OWN, its.environment(), its.get(RolloutSettings.ENVS), its.get(RunSettings.WORKERS))) {
            VectorEnv first = sessions.envs().get(0);
            Learner learner = new Learner(its, first.singleObservationSpace(), first.singleActionSpace());
            Checkpoint.loadForPlay(directory.checkpoints(), learner, System.err::println);
            if (ways.isEmpty()) {
                System.out.printf(
                        Locale.ROOT,
                        "%s after %,d steps: %d batches of %,d simulated steps%n",
                        its.envId(),
                        Checkpoint.latest(directory.checkpoints()).steps(),
                        batches,
                        its.get(RolloutSettings.BATCH));
            }
            learner.vine().ifPresent(plan -> System.out.println(name + ": " + plan));
            ways.add(new Way(name, gradients(new Trainer(its, learner, sessions.envs()))));
        }
    }

    private double[][] gradients(Trainer trainer) {
        Learner learner = trainer.learner();
        Surrogate surrogate = new Surrogate(learner.policy(), 0);
        double[][] gradients = new double[batches][learner.theta().length];
        trainer.reset();
        for (int i = -WARM_UP; i < batches; i++) {
            trainer.collect(() -> false);
            Batch batch = trainer.prepareBatch();
            // A new iteration number gives the branches new random numbers.
            learner.setCounters(learner.iterations() + 1, learner.episodes());
            if (i >= 0) {
                surrogate.prepare(learner.theta(), batch, advantages(batch)).gradient(gradients[i]);
            }
        }
        return gradients;
    }

    /**
     * The advantages [K][N] as in updates, but in the unit of the reward. For trajectories, K is 1, the mean of the
     * advantages is subtracted, and all weights are 1. For branches, each advantage is multiplied by its weight. If the
     * K actions were drawn, it is also multiplied by K / (K - 1).
     */
    private static double[][] advantages(Batch batch) {
        List<double[]> advantages = new ArrayList<>();
        double mean = Vectors.mean(batch.advantages());
        if (batch.branches().isEmpty()) {
            advantages.add(
                    Arrays.stream(batch.advantages()).map(each -> each - mean).toArray());
        } else {
            Branches branches = batch.branches().get();
            double k = branches.shape().actions();
            double factor = batch.selfNormalized() ? k / (k - 1) : 1;
            for (int action = 0; action < k; action++) {
                double[] weighted = branches.advantages(action).clone();
                for (int i = 0; i < weighted.length; i++) {
                    weighted[i] *= factor * branches.weights(action)[i];
                }
                advantages.add(weighted);
            }
        }
        return advantages.toArray(double[][]::new);
    }

    private Table table() {
        int half = batches / 2;
        double[] u = new double[ways.get(0).gradients()[0].length];
        ways.forEach(way -> way.addMean(0, half, u));
        double length = Vectors.norm(u);
        Table table = new Table(1, "sampling", "mean", "+-", "deviation", "batches", "noise");
        for (Way way : ways) {
            double[] along = new double[batches - half];
            double[] mean = new double[u.length];
            way.addMean(half, batches, mean);
            double squares = 0;
            for (int b = half; b < batches; b++) {
                double[] g = way.gradients()[b];
                along[b - half] = Vectors.dot(u, g) / length;
                squares += Vectors.dot(g, g) / along.length;
            }
            double deviation = Math.sqrt(Vectors.variance(along));
            double ratio = deviation / Vectors.mean(along);
            table.row(
                    way.name(),
                    text(Vectors.mean(along)),
                    text(deviation / Math.sqrt(along.length)),
                    text(deviation),
                    text(ratio * ratio),
                    text(Math.sqrt(squares - Vectors.dot(mean, mean))));
        }
        return table;
    }

    private static String text(double number) {
        return String.format(Locale.ROOT, "%.3f", number);
    }
}
