// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import java.io.Console;
import java.io.PrintStream;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Prints the progress of a training run on the console: in lines ({@link Mode#PROGRESS}), or in a table for each
 * iteration ({@link Mode#TABLE}).
 *
 * <p>Any thread can call the methods.
 */
public final class ConsoleReporter {
    /** The form in which iterations are printed. */
    public enum Mode {
        /** On a terminal, one line, which each iteration overwrites. On other outputs, a new line from time to time. */
        PROGRESS,
        /** A boxed table for each iteration. */
        TABLE
    }

    /**
     * The destination of the lines.
     *
     * @param terminal whether {@code stream} is a terminal, where text after a carriage return overwrites the line
     * @param width the number of characters in a line of the terminal
     */
    public record Output(PrintStream stream, boolean terminal, int width) {}

    private static final int DEFAULT_WIDTH = 80; // characters
    // Without a terminal, the first and the last iteration have a line. Any other iteration has a line if this fraction
    // of the run's steps, or this time, has passed since the previous line. These lines are enough to follow a run,
    // and they do not fill a log.
    private static final double PLAIN_FRACTION = 0.05;
    private static final long PLAIN_NANOS = TimeUnit.SECONDS.toNanos(10);

    private final Mode mode;
    private final long totalSteps;
    private final PrintStream out;
    private final boolean terminal;
    private final int width;
    private final LongSupplier nanoTime;
    private final ProgressLine progress;

    private String live = "";
    private Map<String, ?> unprinted;
    private boolean anyPrinted;
    private long printedSteps;
    private long printedNanos;

    /**
     * @param totalSteps environment steps of the whole run
     * @param nanoTime a clock like {@link System#nanoTime}, in nanoseconds
     */
    public ConsoleReporter(Mode mode, long totalSteps, Output output, LongSupplier nanoTime) {
        this.mode = mode;
        this.totalSteps = totalSteps;
        this.out = output.stream();
        this.terminal = output.terminal();
        this.width = output.width();
        this.nanoTime = nanoTime;
        this.progress = new ProgressLine(totalSteps);
    }

    /**
     * Creates a reporter that prints to standard output. Standard output does not count as a terminal in three cases:
     * standard input or output is redirected, TERM is "dumb", or NO_TERMINAL is set.
     */
    public static ConsoleReporter onStandardOutput(Mode mode, long totalSteps) {
        boolean terminal = isTerminal(System.getenv(), System.console());
        Output output = new Output(System.out, terminal, width(System.getenv("COLUMNS")));
        return new ConsoleReporter(mode, totalSteps, output, System::nanoTime);
    }

    /**
     * Prints an iteration. In mode PROGRESS, without a terminal, prints only some of the iterations.
     *
     * @param row the value of each column of progress.csv
     */
    public synchronized void iteration(Map<String, ?> row) {
        if (mode == Mode.TABLE) {
            MetricsTable.lines(row).forEach(out::println);
        } else if (terminal) {
            // The last column stays free: some terminals start a new line when the last column is written.
            draw(progress.text(row, width - 1));
        } else {
            plain(row);
        }
        out.flush();
    }

    /** Prints a message on a separate line. */
    public synchronized void line(String message) {
        String current = live;
        draw("");
        out.println(message);
        draw(current);
        out.flush();
    }

    /**
     * On a terminal, ends the line that each iteration overwrites. On other outputs, prints the last iteration if it
     * has not been printed yet.
     */
    public synchronized void finish() {
        if (!live.isEmpty()) {
            out.println();
            live = "";
        }
        if (unprinted != null) {
            out.println(progress.text(unprinted));
            unprinted = null;
        }
        out.flush();
    }

    /** Overwrites the line on the terminal. */
    private void draw(String text) {
        if (live.isEmpty() && text.isEmpty()) {
            return;
        }
        String leftover = " ".repeat(Math.max(0, live.length() - text.length()));
        out.print("\r" + text + leftover + (text.isEmpty() ? "\r" : ""));
        live = text;
    }

    private void plain(Map<String, ?> row) {
        long steps = ProgressLine.steps(row);
        long now = nanoTime.getAsLong();
        boolean due = !anyPrinted
                || steps >= totalSteps
                || now - printedNanos >= PLAIN_NANOS
                || steps - printedSteps >= PLAIN_FRACTION * totalSteps;
        if (!due) {
            unprinted = new HashMap<>(row);
            return;
        }
        out.println(progress.text(row));
        unprinted = null;
        anyPrinted = true;
        printedSteps = steps;
        printedNanos = now;
    }

    /** Whether standard output counts as a terminal that understands control characters. */
    public static boolean isTerminal(Map<String, String> environment, Console console) {
        return console != null
                && !"dumb".equals(environment.get("TERM"))
                && !environment.containsKey("NO_TERMINAL")
                && isAttached(console);
    }

    /**
     * Whether the console is a terminal. From JDK 22 on, a console can exist without a terminal, and its method
     * {@code isTerminal} shows the difference. Before JDK 22, a console exists only with a terminal, and the method
     * does not exist.
     */
    private static boolean isAttached(Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (NoSuchMethodException e) {
            return true;
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("cannot ask the console whether it is a terminal; set NO_TERMINAL=1", e);
        }
    }

    /** The number of characters in a line: the value of the environment variable COLUMNS, or 80 if it is not usable. */
    public static int width(String columns) {
        return columns != null && columns.matches("[1-9][0-9]{1,3}") ? Integer.parseInt(columns) : DEFAULT_WIDTH;
    }
}
