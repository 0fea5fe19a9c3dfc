// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.remote.ServerHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Measures the time from the launcher's start to the end of a new run's first iteration, without a build. */
public final class StartBench {

    private static final double GOAL = 3;
    private static final long POLL_MILLIS = 5;
    private static final long TIMEOUT_SECONDS = 120;

    private final BenchSettings settings;

    public StartBench(BenchSettings settings) {
        this.settings = settings;
    }

    /** Measures and reports. */
    public void run(BenchReport report) throws IOException {
        Path launcher = ServerHome.find().directory().resolveSibling("gymwire");
        Table table = new Table(1, "environment", "seconds");
        for (String envId : settings.envIds()) {
            Samples samples = new Samples();
            report.measuring("start: " + envId);
            for (int i = 0; i < settings.repeats(); i++) {
                samples.add(start(launcher, envId));
            }
            table.row(envId, String.format(Locale.ROOT, "%.2f", samples.median()));
            report.figures(Section.START, Map.of("env_id", envId, "seconds", samples.figures()));
            report.target(Target.atMost(
                    "start of " + envId + " to the end of its first iteration", samples.median(), GOAL, " s"));
        }
        report.table("Start, from ./gymwire train to the first row of progress.csv", "", table);
    }

    private static double start(Path launcher, String envId) throws IOException {
        Path directory = Files.createTempDirectory("gymwire-start");
        try {
            Path progress = directory.resolve("run").resolve("progress.csv");
            long begin = System.nanoTime();
            Process run = new ProcessBuilder(List.of(
                            launcher.toString(),
                            "train",
                            envId,
                            "--preset",
                            "none",
                            "--run-dir",
                            progress.getParent().toString()))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(directory.resolve("log").toFile())
                    .start();
            // The run is not killed by force: it must still end its servers.
            Thread killer = new Thread(run::destroy, "gymwire-bench-start");
            Runtime.getRuntime().addShutdownHook(killer);
            try {
                while (!hasRow(progress)) {
                    double waited = (System.nanoTime() - begin) / 1e9;
                    if (!run.isAlive() || waited > TIMEOUT_SECONDS) {
                        throw new IOException("train " + envId + " did not end its first iteration in " + (int) waited
                                + " s: "
                                + Files.readString(directory.resolve("log")).strip());
                    }
                    Thread.sleep(POLL_MILLIS);
                }
                return (System.nanoTime() - begin) / 1e9;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while train " + envId + " started", e);
            } finally {
                run.destroy();
                run.onExit().join();
                Runtime.getRuntime().removeShutdownHook(killer);
            }
        } finally {
            delete(directory);
        }
    }

    /** Whether the file has a line below the header. */
    private static boolean hasRow(Path progress) throws IOException {
        return Files.exists(progress)
                && Files.readString(progress).chars().filter(c -> c == '\n').count() > 1;
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
