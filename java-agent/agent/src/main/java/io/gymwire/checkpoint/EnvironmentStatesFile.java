// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import io.gymwire.env.Snapshot;
import io.gymwire.env.remote.RemoteSnapshot;
import io.gymwire.files.AtomicFiles;
import io.gymwire.files.InputFile;
import io.gymwire.record.Csv;
import io.gymwire.rollout.EnvironmentStates;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;

/**
 * The states of environments on disk: a zip file with {@code 0.snapshot}, {@code 1.snapshot}, ... and
 * {@code episodes.csv}. For each environment, {@code episodes.csv} has a row with the return and the length of the
 * current episode so far.
 */
final class EnvironmentStatesFile {

    private static final String EPISODES = "episodes.csv";
    private static final String COLUMNS = "return,length";
    /**
     * The time of all entries. It is fixed, so equal states give equal bytes. The earliest time that an entry can have
     * is 1980-01-01 00:00. With it, ZipEntry would also store a time that depends on the host's time zone.
     */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

    private EnvironmentStatesFile() {}

    /** Writes the file and returns its SHA-256. */
    static String write(Path path, EnvironmentStates states) throws IOException {
        return AtomicFiles.write(path, out -> {
            ZipOutputStream zip = new ZipOutputStream(out);
            StringBuilder episodes = new StringBuilder(COLUMNS + "\n");
            for (int env = 0; env < states.snapshots().length; env++) {
                put(zip, env + ".snapshot", states.snapshots()[env].toBytes());
                episodes.append(Csv.line(List.of(states.episodeReturns()[env], states.episodeLengths()[env])))
                        .append('\n');
            }
            put(zip, EPISODES, episodes.toString().getBytes(StandardCharsets.UTF_8));
            zip.finish();
        });
    }

    /**
     * Reads the file.
     *
     * @param bytes the file's content
     * @throws IOException if the file is damaged
     */
    static EnvironmentStates read(InputFile file, byte[] bytes) throws IOException {
        try {
            Map<String, byte[]> entries = entries(bytes);
            List<String> rows = new String(get(entries, EPISODES), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .toList();
            int envs = rows.size();
            Snapshot[] snapshots = new Snapshot[envs];
            double[] returns = new double[envs];
            long[] lengths = new long[envs];
            for (int env = 0; env < envs; env++) {
                snapshots[env] = RemoteSnapshot.fromBytes(get(entries, env + ".snapshot"));
                List<String> fields = Csv.split(rows.get(env));
                returns[env] = Double.parseDouble(fields.get(0));
                lengths[env] = Long.parseLong(fields.get(1));
            }
            return new EnvironmentStates(snapshots, returns, lengths);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw file.unusable("it is not a complete file of environment states: " + e.getMessage(), e);
        }
    }

    /** Reads the zip file as a stream. This also checks the CRC-32 of each entry. */
    private static Map<String, byte[]> entries(byte[] bytes) throws IOException {
        Map<String, byte[]> entries = new HashMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                entries.put(entry.getName(), zip.readAllBytes());
            }
        }
        return entries;
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] get(Map<String, byte[]> entries, String name) throws IOException {
        byte[] content = entries.get(name);
        if (content == null) {
            throw new IOException("it lacks " + name);
        }
        return content;
    }
}
