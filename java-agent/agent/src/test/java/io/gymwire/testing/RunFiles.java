// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The parts of a run's directory that tests read. */
public final class RunFiles {

    private RunFiles() {}

    /** The columns of a progress.csv, except those that measure time. */
    public static List<List<String>> withoutTimes(Path progress) throws IOException {
        List<String> lines = Files.readAllLines(progress);
        List<List<String>> columns = new ArrayList<>();
        for (String name : lines.get(0).split(",")) {
            if (!name.startsWith("time/")
                    || List.of("time/iterations", "time/total_timesteps").contains(name)) {
                columns.add(column(lines, name));
            }
        }
        return columns;
    }

    /** The values of one column in the lines of a CSV file. */
    public static List<String> column(List<String> lines, String name) {
        int index = List.of(lines.get(0).split(",")).indexOf(name);
        return lines.subList(1, lines.size()).stream()
                .map(line -> line.split(",", -1)[index])
                .toList();
    }

    /** Return and length of each training episode. */
    public static List<String> episodes(Path run) throws IOException {
        List<String> lines = Files.readAllLines(run.resolve("monitor.csv"));
        return lines.subList(2, lines.size()).stream()
                .map(line -> line.substring(0, line.lastIndexOf(',')))
                .toList();
    }

    /** The number of lines in a run's progress.csv, with the header; 0 if the file is missing or cannot be read. */
    public static int rows(Path run) {
        Path progress = run.resolve("progress.csv");
        try {
            return Files.exists(progress) ? Files.readAllLines(progress).size() : 0;
        } catch (IOException e) {
            // Possibly the file is being replaced at this moment.
            return 0;
        }
    }

    /** Names and texts of the files that a resume changes when it begins. The run must have evaluations. */
    public static Map<String, String> texts(Path run) throws IOException {
        Map<String, String> texts = new TreeMap<>();
        for (String name : List.of("config.json", "manifest.json", "progress.csv", "monitor.csv", "eval/curve.csv")) {
            texts.put(name, Files.readString(run.resolve(name)));
        }
        return texts;
    }
}
