// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** Reads a stream to its end on a separate thread and keeps the last lines. */
final class OutputTail {
    private static final int KEPT_LINES = 40;
    private static final long SETTLE_MILLIS = 500;

    private final Deque<String> lines = new ArrayDeque<>();
    private final Thread reader;

    OutputTail(InputStream stream, String threadName) {
        reader = new Thread(() -> read(stream), threadName);
        reader.setDaemon(true);
        reader.start();
    }

    /** The last lines, joined by newlines. */
    String text() {
        synchronized (lines) {
            return String.join("\n", lines);
        }
    }

    /** The last line; empty if there is none. */
    String lastLine() {
        synchronized (lines) {
            return lines.isEmpty() ? "" : lines.peekLast();
        }
    }

    /**
     * The last lines, as text to append to a sentence; empty if there are none. Waits up to 0.5 s for the end of the
     * stream, because a process that has just ended can have lines that are not read yet.
     */
    String asQuote() {
        try {
            reader.join(SETTLE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        String text = text();
        return text.isEmpty() ? "" : "; its last output:\n" + text;
    }

    private void read(InputStream stream) {
        try (BufferedReader input = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            for (String line = input.readLine(); line != null; line = input.readLine()) {
                keep(line);
            }
        } catch (IOException e) {
            keep("(reading the output failed: " + e.getMessage() + ")");
        }
    }

    private void keep(String line) {
        synchronized (lines) {
            lines.addLast(line);
            if (lines.size() > KEPT_LINES) {
                lines.removeFirst();
            }
        }
    }
}
