// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import io.gymwire.learn.RunMetrics;
import io.gymwire.record.ProgressCsv;
import io.gymwire.record.ProgressLine;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Prints the progress of a sweep: one line for each run that has ended. On a terminal, the lines at the bottom show the
 * current runs and are overwritten. On other outputs, new lines for the current runs are printed from time to time.
 */
public final class SweepView {

    private static final long TERMINAL_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
    private static final long PLAIN_NANOS = TimeUnit.SECONDS.toNanos(30);
    private static final String UP = "\u001b[%dA";
    private static final String CLEAR_BELOW = "\u001b[J";

    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private final LongSupplier nanoTime;
    private final int total;
    private final int nameWidth;
    private final long start;

    private int ended;
    private int finished;
    private int failed;
    private long stepsOfEnded;
    private int liveLines;
    private long shown;

    /**
     * @param runs the runs of the sweep
     * @param terminal whether {@code out} is a terminal that obeys control characters
     * @param width the number of characters in a line of the terminal
     * @param nanoTime a clock like {@link System#nanoTime}, in nanoseconds
     */
    public SweepView(List<SweepRun> runs, PrintStream out, boolean terminal, int width, LongSupplier nanoTime) {
        this.out = out;
        this.terminal = terminal;
        this.width = width;
        this.nanoTime = nanoTime;
        this.total = runs.size();
        this.nameWidth =
                runs.stream().mapToInt(run -> run.name().length()).max().orElse(0);
        this.start = nanoTime.getAsLong();
        this.shown = terminal ? start - TERMINAL_NANOS : start;
    }

    /** Prints the current runs, if enough time has passed since they were last printed. */
    void show(List<Job> active, Collection<SweepRun> waiting) {
        long now = nanoTime.getAsLong();
        if (now - shown < (terminal ? TERMINAL_NANOS : PLAIN_NANOS)) {
            return;
        }
        shown = now;
        List<String> lines = new ArrayList<>();
        double left = 0;
        long taken = stepsOfEnded;
        for (Job job : active) {
            Map<String, Double> row = job.progress();
            int columns = Math.max(0, width - 1 - nameWidth - 2);
            lines.add(padded(job.run().name())
                    + (row.isEmpty()
                            ? "starting"
                            : new ProgressLine(job.run().steps()).text(row, terminal ? columns : Integer.MAX_VALUE)));
            left += job.run().steps() - row.getOrDefault(ProgressCsv.TOTAL_TIMESTEPS, 0.0);
            taken += job.stepsTaken();
        }
        left += waiting.stream().mapToDouble(SweepRun::steps).sum();
        lines.add(String.format(
                Locale.ROOT,
                "%d of %d finished, %d running, %d waiting, %d failed; about %s left",
                finished,
                total,
                active.size(),
                waiting.size(),
                failed,
                ProgressLine.timeLeft(taken == 0 ? Double.NaN : left * (now - start) / 1e9 / taken)));
        clear();
        lines.forEach(line -> out.println(terminal && line.length() >= width ? line.substring(0, width - 1) : line));
        liveLines = terminal ? lines.size() : 0;
        out.flush();
    }

    void skipped(SweepRun run) {
        finished++;
        end(run, "finished before");
    }

    void finished(Job job) throws IOException {
        Map<String, Double> result = job.result();
        finished++;
        stepsOfEnded += job.stepsTaken();
        StringBuilder text = new StringBuilder("finished");
        append(text, "  %,.0f steps", result.get("total_timesteps"));
        append(text, "  return %.1f", result.get("ep_rew_mean"));
        append(text, "  best %.1f", result.get("best_ep_rew_mean"));
        append(text, "  %,.0f steps/s", job.progress().get(RunMetrics.FPS.name()));
        if (result.containsKey("seconds")) {
            text.append("  ").append(ProgressLine.timeLeft(result.get("seconds")));
        }
        end(job.run(), text.toString());
    }

    void interrupted(Job job) {
        stepsOfEnded += job.stepsTaken();
        end(job.run(), "interrupted");
    }

    void failed(SweepRun run, String why) {
        failed++;
        end(run, "failed: " + why);
    }

    /** Prints a message about the sweep. */
    public void remark(String text) {
        clear();
        out.println(text);
        out.flush();
    }

    /** Removes the lines of the current runs from the terminal. */
    void close() {
        clear();
        out.flush();
    }

    /** Prints the outcome of the sweep. */
    void summary(int waiting, boolean interrupted) {
        out.printf(Locale.ROOT, "%d of %d finished, %d failed", finished, total, failed);
        if (interrupted) {
            out.printf(Locale.ROOT, ", %d interrupted, %d waiting", ended - finished - failed, waiting);
        }
        out.println(finished == total ? "" : "; the same command continues the sweep");
        out.flush();
    }

    private void end(SweepRun run, String text) {
        ended++;
        clear();
        int digits = Integer.toString(total).length();
        out.println(String.format(Locale.ROOT, "[%" + digits + "d/%d] ", ended, total) + padded(run.name()) + text);
        out.flush();
    }

    private static void append(StringBuilder text, String format, Double value) {
        if (value != null) {
            text.append(String.format(Locale.ROOT, format, value));
        }
    }

    private String padded(String name) {
        return name + " ".repeat(nameWidth - name.length() + 2);
    }

    private void clear() {
        if (liveLines > 0) {
            out.print(String.format(Locale.ROOT, UP, liveLines) + "\r" + CLEAR_BELOW);
            liveLines = 0;
        }
    }
}
