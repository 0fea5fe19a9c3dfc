// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.InfoSelection;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.remote.StartOptions;
import io.gymwire.fleet.Sessions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntToDoubleFunction;

/**
 * Alternately measures steps over the wire (through gRPC) and steps of Gymnasium's SyncVectorEnv in a Python process.
 * Both use the same actions and seeds, and must give the same sum of rewards, except for rounding.
 */
public final class WireBench {

    private static final List<Integer> SIZES = List.of(1, 4, 16, 64);
    private static final int THROUGHPUT_SIZE = 16;
    private static final String TARGET_ENV = "HalfCheetah-v5";
    private static final double SECONDS = 0.5;
    private static final int PROBE_STEPS = 50;
    private static final long WAIT_NANOS = 1_000_000;

    private final BenchSettings settings;
    private final Table table = new Table(
            2, "environment", "way", "n", "in process, us", "steps/s", "wire, us", "steps/s", "wire / in process");

    public WireBench(BenchSettings settings) {
        this.settings = settings;
    }

    /** Measures and reports. */
    public void run(BenchReport report) throws IOException {
        try (InProcess inProcess = new InProcess()) {
            for (String envId : settings.envIds()) {
                for (int size : SIZES) {
                    measure(envId, size, 1, false, inProcess, report);
                }
                for (int workers = 1;
                        workers <= Math.min(2, Runtime.getRuntime().availableProcessors());
                        workers++) {
                    double share = measure(envId, THROUGHPUT_SIZE, workers, true, inProcess, report);
                    if (envId.equals(TARGET_ENV)) {
                        report.target(Target.atLeast(
                                "wire, 16 x " + envId + ", " + plural(workers, "worker") + ", wire / in process",
                                share,
                                workers == 1 ? 0.75 : 1.6,
                                ""));
                    }
                }
            }
        }
        report.table(
                "The wire, microseconds of a step of n environments, and environment steps/s",
                "in process: Gymnasium's SyncVectorEnv on one core; blocking step: one session, whose client waits"
                        + " for each answer;\nworkers: sessions, each on its own server; all step at the same time",
                table);
    }

    /**
     * Measures one line of the table.
     *
     * @param workers the number of sessions, each on its own server
     * @param inFlight whether all sessions step at the same time, as in training
     * @return the steps/s over the wire, divided by the steps/s in process
     */
    private double measure(
            String envId, int size, int workers, boolean inFlight, InProcess inProcess, BenchReport report)
            throws IOException {
        String how = inFlight ? plural(workers, "worker") : "blocking step";
        report.measuring("wire: " + envId + ", n = " + size + ", " + how);
        Samples local = new Samples();
        Samples remote = new Samples();
        try (Sessions sessions = Sessions.onOwnServers(
                StartOptions.OWN, MakeOptions.of(envId).withInfos(InfoSelection.none()), size, workers)) {
            List<VectorEnv> envs = sessions.envs();
            List<Actions> actions = envs.stream().map(Actions::draw).toList();
            Actions joined = Actions.join(actions);
            List<Playback> playbacks = new ArrayList<>();
            for (int i = 0; inFlight && i < envs.size(); i++) {
                playbacks.add(new Playback(envs.get(i), actions.get(i)));
            }
            IntToDoubleFunction step = inFlight
                    ? steps -> stepInFlight(playbacks, steps)
                    : steps -> stepBlocking(envs.get(0), actions.get(0), steps);
            InProcess.Run probe = inProcess.run(envId, size, PROBE_STEPS, joined);
            int steps = (int) Math.max(PROBE_STEPS, settings.seconds(SECONDS) / probe.seconds() * PROBE_STEPS);
            reset(envs);
            step.applyAsDouble(steps);
            for (int i = 0; i < settings.repeats(); i++) {
                InProcess.Run run = inProcess.run(envId, size, steps, joined);
                local.add(run.seconds() / steps);
                long start = System.nanoTime();
                double resetSeconds = reset(envs);
                double rewards = step.applyAsDouble(steps);
                remote.add(((System.nanoTime() - start) / 1e9 - resetSeconds) / steps);
                run.requireEqual(envId, "the Java library", rewards);
            }
        }
        double share = local.median() / remote.median();
        table.row(
                size == 1 && !inFlight ? envId : "",
                how,
                Integer.toString(size),
                local.micros(),
                rate(size, local),
                remote.micros(),
                rate(size, remote),
                String.format(Locale.ROOT, "%.0f%%", 100 * share));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("env_id", envId);
        figures.put("num_envs", size);
        figures.put("workers", workers);
        figures.put("in_flight", inFlight);
        figures.put("in_process_seconds", local.figures());
        figures.put("wire_seconds", remote.figures());
        figures.put("share", share);
        report.figures(Section.WIRE, figures);
        return share;
    }

    /** Resets environment i with seed i; returns the duration in seconds. */
    private static double reset(List<VectorEnv> envs) {
        long start = System.nanoTime();
        int first = 0;
        for (VectorEnv env : envs) {
            long[] seeds = new long[env.numEnvs()];
            int offset = first;
            Arrays.setAll(seeds, i -> offset + i);
            env.reset(seeds);
            first += env.numEnvs();
        }
        return (System.nanoTime() - start) / 1e9;
    }

    /** Steps one vector environment, and waits for each answer before the next step. Adds up the rewards. */
    private static double stepBlocking(VectorEnv env, Actions actions, int steps) {
        double rewards = 0;
        for (int step = 0; step < steps; step++) {
            VectorStep answer = env.step(actions.at(step));
            for (int i = 0; i < env.numEnvs(); i++) {
                rewards += answer.reward(i);
            }
        }
        return rewards;
    }

    /** Steps all vector environments at the same time, as training does. Adds up the rewards. */
    private static double stepInFlight(List<Playback> playbacks, int steps) {
        playbacks.forEach(playback -> playback.start(steps));
        for (Playback playback : playbacks) {
            while (!playback.await(WAIT_NANOS)) {
                continue;
            }
        }
        return playbacks.stream().mapToDouble(Playback::rewards).sum();
    }

    private static String plural(int count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private static String rate(int size, Samples seconds) {
        return String.format(Locale.ROOT, "%,.0f", size / seconds.median());
    }
}
