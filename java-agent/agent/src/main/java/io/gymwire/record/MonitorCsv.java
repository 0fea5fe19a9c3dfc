// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.gymwire.files.InputFile;
import io.gymwire.files.OutputFile;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * The file {@code monitor.csv}: one row per finished episode, in the format of Stable-Baselines3's Monitor. The first
 * line is a comment with the start time and the environment in JSON. The second line names the columns: {@code r} is
 * the return, {@code l} the length in steps, {@code t} the seconds since the start.
 */
public final class MonitorCsv implements Closeable {
    private static final String COLUMNS = "r,l,t";

    private final double startUnixSeconds;
    private final OutputFile file;
    private final OutputStream out;

    /** Starts a new file. An existing file is replaced. */
    public MonitorCsv(Path path, String envId, double startUnixSeconds) throws IOException {
        JsonObject header = new JsonObject();
        header.addProperty("t_start", BigDecimal.valueOf(startUnixSeconds));
        header.addProperty("env_id", envId);
        Csv.rewrite(path, List.of("#" + header, COLUMNS));
        this.startUnixSeconds = startUnixSeconds;
        this.file = OutputFile.append(path);
        this.out = new BufferedOutputStream(file);
    }

    private MonitorCsv(Path path, double startUnixSeconds) throws IOException {
        this.startUnixSeconds = startUnixSeconds;
        this.file = OutputFile.append(path);
        this.out = new BufferedOutputStream(file);
    }

    /**
     * Opens the file of a resumed run that continues after episode number {@code episodes}. Rows of later episodes are
     * dropped, because the resumed run writes them again. Times still count from the first start of the run.
     *
     * @throws IOException if {@link #check} refuses the file
     */
    public static MonitorCsv resume(Path path, long episodes) throws IOException {
        List<String> kept = check(path, episodes);
        Csv.rewrite(path, kept);
        return new MonitorCsv(path, startTime(Csv.file(path), kept.get(0)));
    }

    /**
     * The lines that {@link #resume} keeps. Does not change the file.
     *
     * @throws IOException if {@code path} is not a monitor file or has fewer episodes
     */
    static List<String> check(Path path, long episodes) throws IOException {
        InputFile file = Csv.file(path);
        List<String> lines = Csv.complete(file.text());
        if (lines.size() < 2 || !lines.get(0).startsWith("#") || !lines.get(1).equals(COLUMNS)) {
            throw file.unusable(
                    "it is not a monitor file: it does not begin with a # line and the line " + COLUMNS, null);
        }
        startTime(file, lines.get(0));
        int rows = lines.size() - 2;
        if (rows < episodes) {
            throw file.unusable(
                    "it has " + rows + (rows == 1 ? " episode" : " episodes") + ", but the run goes on after episode "
                            + episodes,
                    null);
        }
        return lines.subList(0, (int) (2 + episodes));
    }

    private static double startTime(InputFile file, String firstLine) throws IOException {
        String json = firstLine.substring(1);
        JsonElement start = JsonFile.parse(file, json).get("t_start");
        if (!(start instanceof JsonPrimitive number) || !number.isNumber()) {
            throw file.unusable("it is not a monitor file: its first line has no number t_start: " + json, null);
        }
        return number.getAsDouble();
    }

    /**
     * Records an episode. Its row reaches the file at the latest at the next {@link #flush}.
     *
     * @param episodeReturn undiscounted sum of rewards
     * @param length environment steps
     * @param endUnixSeconds the time of the row, in Unix seconds. All episodes of an iteration get the same time: the
     *     time when the run records them
     */
    public void episode(double episodeReturn, long length, double endUnixSeconds) throws IOException {
        String seconds = BigDecimal.valueOf(endUnixSeconds - startUnixSeconds)
                .setScale(6, RoundingMode.HALF_EVEN)
                .toPlainString();
        out.write((Csv.line(List.of(episodeReturn, length, seconds)) + '\n').getBytes(StandardCharsets.UTF_8));
    }

    /** Passes the episodes recorded so far to the operating system. */
    public void flush() throws IOException {
        out.flush();
    }

    /** Forces the episodes recorded so far to the disk. */
    void sync() throws IOException {
        out.flush();
        file.sync();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
