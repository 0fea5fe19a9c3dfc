// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.StartOptions;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunMetrics;
import io.gymwire.learn.RunSettings;
import io.gymwire.metrics.Metric;
import io.gymwire.record.CsvTable;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Measures runs of {@code ./gymwire train} that write all their files. Gymwire and the {@link Peer} train in turns,
 * each for the same number of steps. The first quarter of each run is not measured. The same environments are also
 * stepped in a Python process without any learning.
 */
public final class TrainBench {

    private static final int ITERATIONS = 40;
    private static final int ITERATIONS_QUICK = 4;
    private static final int LEFT_OUT = 4; // the first part of a run, 1 / LEFT_OUT of its iterations, is not measured

    private final BenchSettings settings;
    private final Peer peer;
    private final int iterations;

    /**
     * A bench.
     *
     * @param peer the peer to compare with, or null
     */
    public TrainBench(BenchSettings settings, Peer peer) {
        this.settings = settings;
        this.peer = peer;
        this.iterations = settings.quick() ? ITERATIONS_QUICK : ITERATIONS;
    }

    /** Measures and reports. Without a peer, only {@link TrainProtocol#GYMWIRE_DEFAULTS} is measured. */
    public void run(BenchReport report) throws IOException {
        for (TrainProtocol protocol : TrainProtocol.values()) {
            if (peer != null || protocol == TrainProtocol.GYMWIRE_DEFAULTS) {
                run(protocol, report);
            }
        }
    }

    private void run(TrainProtocol protocol, BenchReport report) throws IOException {
        Table table = new Table(
                2,
                "environment",
                "program",
                "steps/s",
                "ms an iteration",
                "rollout",
                "update",
                "critic",
                "share hidden",
                "times faster");
        for (String envId : settings.envIds()) {
            report.measuring("train: " + envId + ", " + protocol.title());
            measure(protocol, settings.config(envId), table, report);
        }
        RunConfig config = settings.config(settings.envIds().get(0));
        report.table(
                "Training, " + protocol.title() + ", ms an iteration",
                String.format(
                        Locale.ROOT,
                        "%d environments, %,d steps an iteration; the first %d of %d iterations of a run are left out%n"
                                + "share hidden: share of the critic's time in which nothing waited for the critic%n"
                                + "environments alone: SyncVectorEnv on one core, random actions, no learning",
                        config.get(RolloutSettings.ENVS),
                        config.get(RolloutSettings.BATCH),
                        iterations / LEFT_OUT,
                        iterations),
                table);
    }

    private void measure(TrainProtocol protocol, RunConfig config, Table table, BenchReport report) throws IOException {
        int envs = config.get(RolloutSettings.ENVS);
        int batch = config.get(RolloutSettings.BATCH);
        Phases own = new Phases();
        Phases others = new Phases();
        Samples alone = new Samples();
        Actions actions;
        List<String> options = new ArrayList<>(List.of("--preset", "none"));
        options.addAll(List.of("--envs", Integer.toString(envs)));
        options.addAll(List.of("--batch", Integer.toString(batch)));
        options.addAll(List.of("--steps", Integer.toString(iterations * batch)));
        try (Sessions sessions = Sessions.onOwnServers(StartOptions.OWN, config.environment(), envs, 1)) {
            VectorEnv env = sessions.envs().get(0);
            actions = Actions.draw(env);
            options.addAll(protocol.options(env.singleActionSpace()));
        }
        try (InProcess inProcess = new InProcess()) {
            for (int i = 0; i < settings.repeats(); i++) {
                train(config.envId(), options, own);
                alone.add(simulate(config, inProcess, actions));
                if (peer != null) {
                    protocol.make(peer, config);
                    peer.train(iterations / LEFT_OUT);
                    int measured = iterations - iterations / LEFT_OUT;
                    Peer.Training training = peer.train(measured);
                    others.seconds.add(training.seconds() / measured);
                    others.rollout.add(training.rolloutSeconds() / measured);
                    others.update.add(training.updateSeconds() / measured);
                }
            }
        }
        double ratio = peer == null ? Double.NaN : others.seconds.median() / own.seconds.median();
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("env_id", config.envId());
        figures.put("protocol", protocol.id());
        figures.put("workers", config.get(RunSettings.WORKERS));
        figures.put("steps_per_second", batch / own.seconds.median());
        figures.put("environments_alone_seconds", alone.figures());
        own.addTo(figures, "");
        table.row(
                config.envId(),
                "gymwire",
                rate(batch, own.seconds),
                milliseconds(own.seconds),
                milliseconds(own.rollout),
                milliseconds(own.update),
                milliseconds(own.critic),
                String.format(Locale.ROOT, "%.0f%%", 100 * own.hidden.median() / own.critic.median()),
                peer == null ? "-" : String.format(Locale.ROOT, "%.2f", ratio));
        if (peer != null) {
            table.row(
                    "",
                    "sb3-contrib",
                    rate(batch, others.seconds),
                    milliseconds(others.seconds),
                    milliseconds(others.rollout),
                    milliseconds(others.update),
                    "",
                    "",
                    "");
            others.addTo(figures, "peer_");
            figures.put("peer_steps_per_second", batch / others.seconds.median());
            figures.put("times_faster", ratio);
            if (protocol.goals().containsKey(config.envId())) {
                report.target(Target.atLeast(
                        config.envId() + " trained, " + protocol.title() + ", times faster",
                        ratio,
                        protocol.goals().get(config.envId()),
                        ""));
            }
        }
        table.row("", "environments alone", rate(batch, alone), milliseconds(alone), "", "", "", "", "");
        report.figures(Section.TRAIN, figures);
    }

    /** The mean seconds of an iteration and of its phases, one value for each run. */
    private static final class Phases {

        private final Samples seconds = new Samples();
        private final Samples rollout = new Samples();
        private final Samples update = new Samples();
        private final Samples critic = new Samples();
        private final Samples hidden = new Samples();

        void addTo(Map<String, Object> figures, String prefix) {
            figures.put(prefix + "iteration_seconds", seconds.figures());
            figures.put(prefix + "rollout_seconds", rollout.figures());
            figures.put(prefix + "update_seconds", update.figures());
            if (!critic.isEmpty()) {
                figures.put(prefix + "critic_seconds", critic.figures());
                figures.put(prefix + "critic_hidden_seconds", hidden.figures());
            }
        }
    }

    private void train(String envId, List<String> options, Phases phases) throws IOException {
        try (TrainProcess run = new TrainProcess(envId, options)) {
            run.await();
            CsvTable progress = run.progress();
            double[] elapsed = progress.numbers(RunMetrics.TIME_ELAPSED.name());
            int first = iterations / LEFT_OUT;
            phases.seconds.add((elapsed[iterations - 1] - elapsed[first - 1]) / (iterations - first));
            phases.rollout.add(mean(progress, RunMetrics.ROLLOUT_SECONDS, first));
            phases.update.add(mean(progress, RunMetrics.UPDATE_SECONDS, first));
            double critic = mean(progress, RunMetrics.CRITIC_SECONDS, first);
            phases.critic.add(critic);
            phases.hidden.add(Math.max(0, critic - mean(progress, RunMetrics.CRITIC_WAIT_SECONDS, first)));
        }
    }

    private static double mean(CsvTable progress, Metric metric, int first) {
        return Arrays.stream(progress.numbers(metric.name()))
                .skip(first)
                .average()
                .orElseThrow();
    }

    /** The seconds that the environments alone need for the steps of an iteration. */
    private double simulate(RunConfig config, InProcess inProcess, Actions actions) throws IOException {
        int envs = config.get(RolloutSettings.ENVS);
        int measured = iterations - iterations / LEFT_OUT;
        int steps = config.get(RolloutSettings.BATCH) / envs * measured;
        return inProcess.run(config.envId(), envs, steps, actions).seconds() / measured;
    }

    private static String rate(int batch, Samples seconds) {
        return String.format(Locale.ROOT, "%,.0f", batch / seconds.median());
    }

    private static String milliseconds(Samples samples) {
        return String.format(Locale.ROOT, "%.1f", 1e3 * samples.median());
    }
}
