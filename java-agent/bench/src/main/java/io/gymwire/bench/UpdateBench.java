// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.StartOptions;
import io.gymwire.fleet.Sessions;
import io.gymwire.learn.Learner;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.policy.CriticFit;
import io.gymwire.policy.CriticSettings;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.update.natural.TrpoUpdate;
import io.gymwire.update.natural.TrustRegionSettings;
import io.gymwire.update.natural.UpdateReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Measures how long each part of the policy's update takes, and how long the critic's fit takes. Each of them runs on
 * as many cores as it can use. For comparison, this class also measures how long sb3-contrib, the peer, takes to update
 * policy and critic on the same samples.
 */
public final class UpdateBench {

    /** Goals by environment id: Gymwire should update policy and critic this many times faster than the peer. */
    private static final Map<String, Double> GOALS = Map.of("HalfCheetah-v5", 6.0, "Humanoid-v5", 3.0);

    private static final int WARM_UP = 20;
    /**
     * The number of updates that each program makes in a row. A single update directly after an update of the other
     * program would start with cold caches and idle cores.
     */
    private static final int IN_A_ROW = 5;

    private final BenchSettings settings;
    private final Peer peer;
    private final Table table;

    /**
     * A bench.
     *
     * @param peer the peer to compare with, or null
     */
    public UpdateBench(BenchSettings settings, Peer peer) {
        this.settings = settings;
        this.peer = peer;
        this.table = new Table(
                1, "environment", "gradient", "CG", "line search", "critic", "all", "sb3-contrib", "times faster");
    }

    /** Measures and reports. */
    public void run(BenchReport report) throws IOException {
        for (String envId : settings.envIds()) {
            report.measuring("update: " + envId);
            measure(settings.config(envId), report);
        }
        RunConfig config = settings.config(settings.envIds().get(0));
        report.table(
                "One update in ms",
                String.format(
                        Locale.ROOT,
                        "%,d samples, %d conjugate gradient iterations, critic %d passes in minibatches of %d",
                        config.get(RolloutSettings.BATCH),
                        config.get(TrustRegionSettings.CG_ITERATIONS),
                        config.get(CriticSettings.EPOCHS),
                        config.get(CriticSettings.MINIBATCH)),
                table);
    }

    private void measure(RunConfig config, BenchReport report) throws IOException {
        Learner learner;
        try (Sessions sessions = Sessions.onOwnServers(StartOptions.OWN, config.environment(), 1, 1)) {
            VectorEnv env = sessions.envs().get(0);
            learner = new Learner(config, env.singleObservationSpace(), env.singleActionSpace());
        }
        SyntheticBatch batch = SyntheticBatch.of(config, learner);
        TrpoUpdate update = new TrpoUpdate(learner.policy(), config.settings());
        RandomStream order = new RandomStream(config.get(RunSettings.SEED), Role.MINIBATCH, 0);
        Samples all = new Samples();
        Samples gradient = new Samples();
        Samples solution = new Samples();
        Samples search = new Samples();
        Samples critic = new Samples();
        Samples others = new Samples();
        Path file = Files.createTempFile("gymwire-batch", ".f64");
        file.toFile().deleteOnExit();
        try {
            if (peer != null) {
                Peer.write(file, batch);
                peer.make(config);
                peer.update(file);
            }
            int warmUp = settings.count(WARM_UP);
            int inARow = settings.count(IN_A_ROW);
            for (int i = -warmUp; i < settings.repeats() * inARow; i++) {
                double[] theta = learner.theta().clone();
                long start = System.nanoTime();
                UpdateReport.Times times = update.update(theta, batch.batch()).times();
                long updated = System.nanoTime();
                CriticFit fit = learner.critic().fitting(batch.batch().observations(), batch.returns(), 1, order);
                CompletableFuture<Void> running = CompletableFuture.runAsync(fit::run);
                fit.help();
                running.join();
                long fitted = System.nanoTime();
                if (i < 0) {
                    continue;
                }
                gradient.add(times.gradientSeconds());
                solution.add(times.solutionSeconds());
                search.add(times.searchSeconds());
                critic.add((fitted - updated) / 1e9);
                all.add((fitted - start) / 1e9);
                if (peer != null && (i + 1) % inARow == 0) {
                    for (int k = 0; k < inARow; k++) {
                        others.add(peer.update(file));
                    }
                }
            }
        } finally {
            Files.delete(file);
        }
        double ratio = peer == null ? Double.NaN : others.median() / all.median();
        table.row(
                config.envId(),
                milliseconds(gradient),
                milliseconds(solution),
                milliseconds(search),
                milliseconds(critic),
                milliseconds(all),
                peer == null ? "-" : milliseconds(others),
                peer == null ? "-" : String.format(Locale.ROOT, "%.2f", ratio));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("env_id", config.envId());
        figures.put("gradient_seconds", gradient.figures());
        figures.put("cg_seconds", solution.figures());
        figures.put("line_search_seconds", search.figures());
        figures.put("critic_seconds", critic.figures());
        figures.put("seconds", all.figures());
        if (peer != null) {
            figures.put("peer_seconds", others.figures());
            figures.put("times_faster", ratio);
            if (GOALS.containsKey(config.envId())) {
                report.target(Target.atLeast(
                        "speedup of one update over sb3-contrib, " + config.envId(),
                        ratio,
                        GOALS.get(config.envId()),
                        ""));
            }
        }
        report.figures(Section.UPDATE, figures);
    }

    private static String milliseconds(Samples samples) {
        return String.format(Locale.ROOT, "%.1f", 1e3 * samples.median());
    }
}
