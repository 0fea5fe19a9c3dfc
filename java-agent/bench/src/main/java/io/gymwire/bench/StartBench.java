// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Measures the time from the launcher's start to the first row of a new run's progress.csv, without a build. */
public final class StartBench {

    private static final double GOAL = 3; // seconds
    private static final long POLL_MILLIS = 5;
    private static final long TIMEOUT_SECONDS = 120;

    private final BenchSettings settings;

    public StartBench(BenchSettings settings) {
        this.settings = settings;
    }

    /** Measures and reports. */
    public void run(BenchReport report) throws IOException {
        Table table = new Table(1, "environment", "seconds");
        for (String envId : settings.envIds()) {
            Samples samples = new Samples();
            report.measuring("start: " + envId);
            for (int i = 0; i < settings.repeats(); i++) {
                samples.add(start(envId));
            }
            table.row(envId, String.format(Locale.ROOT, "%.2f", samples.median()));
            report.figures(Section.START, Map.of("env_id", envId, "seconds", samples.figures()));
            report.target(Target.atMost(
                    "start of " + envId + " to the first row of its progress.csv", samples.median(), GOAL, " s"));
        }
        report.table("Start, from ./gymwire train to the first row of progress.csv", "", table);
    }

    private static double start(String envId) throws IOException {
        long begin = System.nanoTime();
        try (TrainProcess run = new TrainProcess(envId, List.of("--preset", "none"))) {
            while (run.progress().size() == 0) {
                double waited = (System.nanoTime() - begin) / 1e9;
                if (!run.isAlive() || waited > TIMEOUT_SECONDS) {
                    throw run.failure("wrote no row of progress.csv in " + (int) waited + " s");
                }
                Thread.sleep(POLL_MILLIS);
            }
            return (System.nanoTime() - begin) / 1e9;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while train " + envId + " started", e);
        }
    }
}
