// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import io.gymwire.files.Directories;
import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The checkpoints in a directory, and the file {@code latest}, which names the checkpoint to use, usually the newest.
 * If this file is missing or damaged, or if this checkpoint is not whole, the newest whole checkpoint is used. A
 * checkpoint is whole if all its files exist and no file is damaged.
 */
final class CheckpointSets {

    static final String LATEST = "latest";
    private static final Pattern STEM = Pattern.compile("step_(\\d{9,18})");
    private static final Pattern FILE = Pattern.compile(STEM + "\\.[a-z0-9.]+");

    private CheckpointSets() {}

    /** Reads something from a checkpoint. */
    @FunctionalInterface
    interface Reader<T> {
        /** @throws FileException if the checkpoint is not whole */
        T read(CheckpointSet set) throws IOException;
    }

    /** The checkpoints that have at least one file, newest first. */
    static List<CheckpointSet> all(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        return Directories.list(directory).stream()
                .map(file -> FILE.matcher(file.getFileName().toString()))
                .filter(Matcher::matches)
                .map(name -> new CheckpointSet(directory, Long.parseLong(name.group(1))))
                .distinct()
                .sorted(Comparator.comparingLong(CheckpointSet::steps).reversed())
                .toList();
    }

    /**
     * Reads the checkpoint that {@code latest} names. If {@code latest} is missing or damaged, or if this checkpoint is
     * not whole, reads the newest whole checkpoint. A checkpoint that is newer than the named one counts only if it has
     * checksums.
     *
     * @param remark receives a line if {@code latest} is missing or damaged, if the checkpoint that it names is not
     *     whole, or if a newer whole checkpoint exists. The line names the checkpoint that is used. It also names the
     *     missing or damaged file; if there is none, it names {@code latest} and the newer checkpoint
     * @throws IOException if there is no whole checkpoint, or this user has no permission to read a file that is needed
     */
    static <T> T newest(Path directory, Reader<T> reader, Consumer<String> remark) throws IOException {
        List<CheckpointSet> all = all(directory);
        if (all.isEmpty()) {
            throw new IOException(directory
                    + " contains no checkpoint; the run may have ended before its first checkpoint: train it again");
        }
        CheckpointSet named = null;
        FileException damage = null;
        try {
            named = named(directory, all);
        } catch (FileException e) {
            damage = damage(damage, e);
        }
        CheckpointSet newer = null;
        T newerContent = null;
        for (CheckpointSet set : all) {
            boolean beyond = named != null && set.steps() > named.steps();
            if (beyond && (newer != null || !set.hasChecksums())) {
                // A checkpoint that is newer than the named checkpoint is not used if it has no checksums, because it
                // may be incomplete: perhaps the run was interrupted while it saved the checkpoint. Earlier versions of
                // Gymwire wrote no checksums, so their checkpoints are not used here either.
                continue;
            }
            try {
                T content = reader.read(set);
                if (beyond) {
                    newer = set;
                    newerContent = content;
                    continue;
                }
                report(directory, damage, set, newer, remark);
                return content;
            } catch (FileException e) {
                // Damage of a checkpoint that is newer than the named checkpoint is not reported: perhaps the user has
                // gone back to the named checkpoint.
                damage = beyond ? damage : damage(damage, e);
            }
            if (newer != null) {
                report(directory, damage, newer, null, remark);
                return newerContent;
            }
        }
        throw new IOException(
                damage.file() + " is missing or damaged (" + damage.reason() + "), and " + directory
                        + " contains no whole checkpoint; put the file back from a copy, or train the run again",
                damage);
    }

    /** @param newer a whole checkpoint that is newer than {@code used} and not named in {@code latest}; or null */
    private static void report(
            Path directory, FileException damage, CheckpointSet used, CheckpointSet newer, Consumer<String> remark) {
        if (damage != null) {
            remark.accept(damage.file() + " is missing or damaged (" + damage.reason() + "); using " + used.stem()
                    + " instead");
        } else if (newer != null) {
            // A user who goes back to an older checkpoint writes its name into the file `latest`. After damage or an
            // interruption, the file can also contain the name of an older checkpoint.
            remark.accept(directory.resolve(LATEST) + " names " + used.stem() + ", though " + newer.stem()
                    + " is newer and whole (the file was edited, is damaged, or the run was interrupted); using "
                    + used.stem());
        }
    }

    /**
     * Chooses the exception to report: the first one. If {@code next} says that this user has no permission to read a
     * file, the file is not damaged, and {@code next} is thrown.
     *
     * @param first the first exception about damage; null if {@code next} is the first
     */
    private static FileException damage(FileException first, FileException next) throws FileException {
        if (next.isDenied()) {
            throw next;
        }
        return first == null ? next : first;
    }

    private static CheckpointSet named(Path directory, List<CheckpointSet> all) throws IOException {
        InputFile file = new InputFile(directory.resolve(LATEST), "write the name of a checkpoint into it");
        Matcher stem = STEM.matcher(file.text().strip());
        if (!stem.matches()) {
            throw file.unusable("it names no checkpoint", null);
        }
        CheckpointSet named = new CheckpointSet(directory, Long.parseLong(stem.group(1)));
        if (!all.contains(named) || !stem.group().equals(named.stem())) {
            throw file.unusable("it names " + stem.group() + ", which has no files", null);
        }
        return named;
    }
}
