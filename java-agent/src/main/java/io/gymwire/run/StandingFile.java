// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.env.Snapshot;
import io.gymwire.rollout.Standing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Environments' standing on disk: a zip file of {@code 0.snapshot}, {@code 1.snapshot}, ... and {@code episodes.csv},
 * with the return and length so far of each environment's episode.
 */
final class StandingFile {

    private static final String EPISODES = "episodes.csv";
    private static final String COLUMNS = "return,length";
    /** The oldest that a zip file can say: equal standings give equal bytes. */
    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private StandingFile() {}

    static void write(Path path, Standing standing) throws IOException {
        AtomicFiles.write(path, out -> {
            ZipOutputStream zip = new ZipOutputStream(out);
            StringBuilder episodes = new StringBuilder(COLUMNS + "\n");
            for (int env = 0; env < standing.snapshots().length; env++) {
                put(zip, env + ".snapshot", standing.snapshots()[env].toBytes());
                episodes.append(Csv.line(List.of(standing.episodeReturns()[env], standing.episodeLengths()[env])))
                        .append('\n');
            }
            put(zip, EPISODES, episodes.toString().getBytes(StandardCharsets.UTF_8));
            zip.finish();
        });
    }

    /**
     * Reads the file.
     *
     * @param envs how many environments there should be
     * @throws IOException if it is damaged, or of another number of environments
     */
    static Standing read(Path path, int envs) throws IOException {
        try (ZipFile zip = new ZipFile(path.toFile())) {
            List<String> rows = new String(get(zip, EPISODES), StandardCharsets.UTF_8).lines().skip(1).toList();
            if (rows.size() != envs) {
                throw new IOException(
                        "it holds " + rows.size() + " environments, but the run has " + envs);
            }
            Snapshot[] snapshots = new Snapshot[envs];
            double[] returns = new double[envs];
            long[] lengths = new long[envs];
            for (int env = 0; env < envs; env++) {
                snapshots[env] = Snapshot.fromBytes(get(zip, env + ".snapshot"));
                List<String> fields = Csv.split(rows.get(env));
                returns[env] = Double.parseDouble(fields.get(0));
                lengths[env] = Long.parseLong(fields.get(1));
            }
            return new Standing(snapshots, returns, lengths);
        } catch (IOException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw new IOException(path + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] content) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(NO_TIME);
        zip.putNextEntry(entry);
        zip.write(content);
        zip.closeEntry();
    }

    private static byte[] get(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IOException("it lacks " + name);
        }
        try (var in = zip.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }
}
