// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.files;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestOutputStream;
import java.util.HexFormat;

/**
 * Writes files that are either there as a whole or not at all, also when the process or the machine dies half way.
 *
 * <p>The content goes to a hidden file beside the target, is forced to the disk, and then takes the target's name in
 * one step. Its directory must be there: one that is missing was removed, and is not to come back half filled.
 */
public final class AtomicFiles {
    private AtomicFiles() {}

    /** Produces a file's content. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything to {@code out}, which is buffered and closed by the caller. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Replaces {@code target} by {@code bytes}.
     *
     * @return the SHA-256 of what was written, in hexadecimal digits
     */
    public static String write(Path target, byte[] bytes) throws IOException {
        return write(target, out -> out.write(bytes));
    }

    /**
     * Replaces {@code target} by what {@code content} writes. If that fails, the old file stays as it was.
     *
     * <p>Synchronized, because threads of one process share the name of the hidden file.
     *
     * @return the SHA-256 of what was written, in hexadecimal digits
     */
    public static synchronized String write(Path target, Content content) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        Path hidden = directory.resolve(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        // A Ctrl-C that ends the process in the middle of a write leaves nothing behind.
        hidden.toFile().deleteOnExit();
        String digest;
        boolean done = false;
        try {
            digest = writeHidden(hidden, content);
            rename(hidden, directory.resolve(target.getFileName()));
            done = true;
        } catch (FileException e) {
            // It names the hidden file, which means nothing to people.
            throw e.file().equals(hidden) && e.getCause() instanceof IOException cause
                    ? FileException.writing(target, cause)
                    : e;
        } finally {
            if (!done) {
                // Without a word if that fails too: why the write failed is what people are to read.
                hidden.toFile().delete();
            }
        }
        sync(directory);
        return digest;
    }

    private static String writeHidden(Path hidden, Content content) throws IOException {
        try (OutputFile file = OutputFile.replace(hidden)) {
            DigestOutputStream digested = new DigestOutputStream(file, Digests.sha256());
            OutputStream out = new BufferedOutputStream(digested, 1 << 16);
            content.writeTo(out);
            out.flush();
            file.sync();
            return HexFormat.of().formatHex(digested.getMessageDigest().digest());
        }
    }

    private static void rename(Path from, Path to) throws FileException {
        try {
            try {
                Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
            } catch (AtomicMoveNotSupportedException e) {
                Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw FileException.writing(to, e);
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
