// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.StartOptions;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.Learner;
import io.gymwire.learn.PendingIteration;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunMetrics;
import io.gymwire.learn.RunSettings;
import io.gymwire.learn.Trainer;
import io.gymwire.metrics.MetricValues;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** Measures the phases of training. Gymwire and the {@link Peer} train alternately, without files or console output. */
public final class TrainBench {

    /** How many times faster training should be than with the peer, for each environment. */
    private static final Map<String, Double> GOALS =
            Map.of("CartPole-v1", 4.0, "HalfCheetah-v5", 3.0, "Humanoid-v5", 2.5);

    private static final int WARM_UP = 12;
    private static final int PEER_WARM_UP = 2;
    /** The critic's last fit does not run during a rollout. With 16 iterations, its share of the time is small. */
    private static final int ITERATIONS = 16;

    private final BenchSettings settings;
    private final Peer peer;
    private final Table table;

    /**
     * A bench.
     *
     * @param peer the peer to compare with, or null
     */
    public TrainBench(BenchSettings settings, Peer peer) {
        this.settings = settings;
        this.peer = peer;
        this.table = new Table(
                2,
                "environment",
                "program",
                "steps/s",
                "ms an iteration",
                "rollout",
                "update",
                "critic",
                "of it hidden",
                "times faster");
    }

    /** Measures and reports. */
    public void run(BenchReport report) throws IOException {
        for (String envId : settings.envIds()) {
            report.measuring("train: " + envId);
            measure(settings.config(envId), report);
        }
        RunConfig config = settings.config(settings.envIds().get(0));
        report.table(
                "Training, ms an iteration",
                String.format(
                        Locale.ROOT,
                        "%d environments, %,d steps an iteration, %d workers;"
                                + " the critic is fitted during the next rollout:%n"
                                + "hidden: share of the fit's time in which the agent did not wait for it;"
                                + " sb3-contrib's update includes its critic",
                        config.get(RolloutSettings.ENVS),
                        config.get(RolloutSettings.BATCH),
                        config.get(RunSettings.WORKERS)),
                table);
    }

    /** The mean seconds of one iteration and of its phases, over several iterations. */
    private record Stretch(double seconds, double rollout, double update, double critic, double hidden) {}

    private void measure(RunConfig config, BenchReport report) throws IOException {
        int iterations = settings.count(ITERATIONS);
        Samples seconds = new Samples();
        Samples rollout = new Samples();
        Samples update = new Samples();
        Samples critic = new Samples();
        Samples hidden = new Samples();
        Samples peerSeconds = new Samples();
        Samples peerRollout = new Samples();
        Samples peerUpdate = new Samples();
        try (Sessions sessions = Sessions.onOwnServers(
                StartOptions.OWN,
                config.environment(),
                config.get(RolloutSettings.ENVS),
                config.get(RunSettings.WORKERS))) {
            VectorEnv first = sessions.envs().get(0);
            Learner learner = new Learner(config, first.singleObservationSpace(), first.singleActionSpace());
            Trainer trainer = new Trainer(config, learner, sessions.envs());
            trainer.reset();
            train(trainer, settings.count(WARM_UP));
            if (peer != null) {
                peer.make(config, first.singleActionSpace());
                peer.train(settings.count(PEER_WARM_UP));
            }
            for (int i = 0; i < settings.repeats(); i++) {
                Stretch stretch = train(trainer, iterations);
                seconds.add(stretch.seconds());
                rollout.add(stretch.rollout());
                update.add(stretch.update());
                critic.add(stretch.critic());
                hidden.add(stretch.hidden());
                if (peer != null) {
                    Peer.Training training = peer.train(iterations);
                    peerSeconds.add(training.seconds() / iterations);
                    peerRollout.add(training.rolloutSeconds() / iterations);
                    peerUpdate.add(training.updateSeconds() / iterations);
                }
            }
        }
        double ratio = peer == null ? Double.NaN : peerSeconds.median() / seconds.median();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("env_id", config.envId());
        figures.put("steps_per_second", config.get(RolloutSettings.BATCH) / seconds.median());
        figures.put("iteration_seconds", seconds.figures());
        figures.put("rollout_seconds", rollout.figures());
        figures.put("update_seconds", update.figures());
        figures.put("critic_seconds", critic.figures());
        figures.put("critic_hidden_seconds", hidden.figures());
        table.row(
                config.envId(),
                "gymwire",
                rate(config, seconds),
                milliseconds(seconds),
                milliseconds(rollout),
                milliseconds(update),
                milliseconds(critic),
                String.format(Locale.ROOT, "%.0f%%", 100 * hidden.median() / critic.median()),
                peer == null ? "-" : String.format(Locale.ROOT, "%.2f", ratio));
        if (peer != null) {
            table.row(
                    "",
                    "sb3-contrib",
                    rate(config, peerSeconds),
                    milliseconds(peerSeconds),
                    milliseconds(peerRollout),
                    milliseconds(peerUpdate),
                    "",
                    "",
                    "");
            figures.put("peer_steps_per_second", config.get(RolloutSettings.BATCH) / peerSeconds.median());
            figures.put("peer_iteration_seconds", peerSeconds.figures());
            figures.put("peer_rollout_seconds", peerRollout.figures());
            figures.put("peer_update_seconds", peerUpdate.figures());
            figures.put("times_faster", ratio);
            if (GOALS.containsKey(config.envId())) {
                report.target(Target.atLeast(
                        "speedup of training over sb3-contrib, " + config.envId(),
                        ratio,
                        GOALS.get(config.envId()),
                        ""));
            }
        }
        report.figures(Section.TRAIN, figures);
    }

    private static Stretch train(Trainer trainer, int iterations) {
        double[] sums = new double[4];
        PendingIteration pending = null;
        long start = System.nanoTime();
        for (int i = 0; i < iterations; i++) {
            trainer.collect(() -> false);
            add(sums, pending);
            pending = trainer.improve();
        }
        add(sums, pending);
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Stretch(
                seconds / iterations,
                sums[0] / iterations,
                sums[1] / iterations,
                sums[2] / iterations,
                sums[3] / iterations);
    }

    private static void add(double[] sums, PendingIteration pending) {
        if (pending != null) {
            MetricValues metrics = pending.complete().metrics();
            double critic = metrics.get(RunMetrics.CRITIC_SECONDS);
            sums[0] += metrics.get(RunMetrics.ROLLOUT_SECONDS);
            sums[1] += metrics.get(RunMetrics.UPDATE_SECONDS);
            sums[2] += critic;
            sums[3] += Math.max(0, critic - metrics.get(RunMetrics.CRITIC_WAIT_SECONDS));
        }
    }

    private static String rate(RunConfig config, Samples seconds) {
        return String.format(Locale.ROOT, "%,.0f", config.get(RolloutSettings.BATCH) / seconds.median());
    }

    private static String milliseconds(Samples samples) {
        return String.format(Locale.ROOT, "%.1f", 1e3 * samples.median());
    }
}
