// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;

/**
 * Writes {@code monitor.csv}, one row per finished episode, in the format of Stable-Baselines3's Monitor: a JSON
 * comment with start time and environment, then the columns {@code r,l,t} (return, length in steps, seconds since the
 * start).
 */
public final class MonitorCsv implements Closeable {
    private static final String COLUMNS = "r,l,t";

    private final double startUnixSeconds;
    private final FileOutputStream file;
    private final OutputStream out;

    /** Starts a new file; one that exists is replaced. */
    public MonitorCsv(Path path, String envId, double startUnixSeconds) throws IOException {
        JsonObject header = new JsonObject();
        header.addProperty("t_start", BigDecimal.valueOf(startUnixSeconds));
        header.addProperty("env_id", envId);
        Csv.rewrite(path, List.of("#" + header, COLUMNS));
        this.startUnixSeconds = startUnixSeconds;
        this.file = Csv.append(path);
        this.out = new BufferedOutputStream(file);
    }

    private MonitorCsv(Path path, double startUnixSeconds) throws IOException {
        this.startUnixSeconds = startUnixSeconds;
        this.file = Csv.append(path);
        this.out = new BufferedOutputStream(file);
    }

    /**
     * Opens the file of an interrupted run that had finished {@code episodes} episodes where it goes on. Later rows are
     * dropped, because the resumed run writes them again; times still count from the first start.
     *
     * @throws IOException if {@code path} is no such file
     */
    public static MonitorCsv resume(Path path, long episodes) throws IOException {
        List<String> lines = Csv.completeLines(path);
        if (lines.size() < 2 || !lines.get(0).startsWith("#") || !lines.get(1).equals(COLUMNS)) {
            throw new IOException(path + " is no monitor file: it should begin with a # line and " + COLUMNS);
        }
        double start = startTime(path, lines.get(0).substring(1));
        List<String> kept = new ArrayList<>(lines.subList(0, (int) Math.min(lines.size(), 2 + episodes)));
        Csv.rewrite(path, kept);
        return new MonitorCsv(path, start);
    }

    private static double startTime(Path path, String json) throws IOException {
        try {
            JsonObject header = JsonParser.parseString(json).getAsJsonObject();
            if (header.has("t_start")) {
                return header.get("t_start").getAsDouble();
            }
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException | NumberFormatException e) {
            throw new IOException(path + " is no monitor file: its first line is no JSON object: " + json, e);
        }
        throw new IOException(path + " is no monitor file: its first line has no t_start: " + json);
    }

    /**
     * Records an episode. It reaches the file at the next {@link #flush}.
     *
     * @param episodeReturn undiscounted sum of rewards
     * @param length environment steps
     * @param endUnixSeconds when the episode ended
     */
    public void episode(double episodeReturn, long length, double endUnixSeconds) throws IOException {
        String seconds = BigDecimal.valueOf(endUnixSeconds - startUnixSeconds)
                .setScale(6, RoundingMode.HALF_EVEN).toPlainString();
        out.write((Csv.line(List.of(episodeReturn, length, seconds)) + '\n').getBytes(StandardCharsets.UTF_8));
    }

    /** Hands the episodes recorded so far to the operating system. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Forces the episodes recorded so far to the disk. */
    void sync() throws IOException {
        out.flush();
        file.getFD().sync();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
