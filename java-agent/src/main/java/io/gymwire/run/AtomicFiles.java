// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import java.io.BufferedOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Writes files that are either there as a whole or not at all, also when the process or the machine dies half way.
 *
 * <p>The content goes to a hidden file beside the target, is forced to the disk, and then takes the target's name in
 * one step. Missing parent directories are created.
 */
public final class AtomicFiles {
    private AtomicFiles() {
    }

    /** Produces a file's content. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything to {@code out}, which is buffered and closed by the caller. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Replaces {@code target} by {@code bytes}. */
    public static void write(Path target, byte[] bytes) throws IOException {
        write(target, out -> out.write(bytes));
    }

    /**
     * Replaces {@code target} by what {@code content} writes. If that fails, the old file stays as it was.
     *
     * <p>Synchronized, because threads of one process share the name of the hidden file.
     */
    public static synchronized void write(Path target, Content content) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        Files.createDirectories(directory);
        Path hidden = directory.resolve("." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        // A Ctrl-C that ends the process in the middle of a write leaves nothing behind.
        hidden.toFile().deleteOnExit();
        boolean done = false;
        try {
            // Not a channel: a channel closes itself when its thread is interrupted, which is when checkpoints matter.
            try (FileOutputStream file = new FileOutputStream(hidden.toFile())) {
                OutputStream out = new BufferedOutputStream(file, 1 << 16);
                content.writeTo(out);
                out.flush();
                file.getFD().sync();
            }
            rename(hidden, directory.resolve(target.getFileName()));
            done = true;
        } finally {
            if (!done) {
                Files.deleteIfExists(hidden);
            }
        }
        sync(directory);
    }

    private static void rename(Path from, Path to) throws IOException {
        try {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        } catch (AtomicMoveNotSupportedException e) {
            Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** Makes the new name durable, where the operating system can open a directory. */
    private static void sync(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // The file is complete under its name; Windows, for one, offers no way to force a directory.
            return;
        }
    }
}
