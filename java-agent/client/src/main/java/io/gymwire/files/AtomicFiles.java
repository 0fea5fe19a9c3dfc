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
 * Writes a file either completely or not at all, even if the process or the machine fails during the write.
 *
 * <p>The content is written to a hidden file beside the target and forced to the disk. The hidden file then gets the
 * target's name, in one step if the file system supports this. The target's directory must exist. This class does not
 * make a missing directory: if users have removed the directory, a new directory would have only the new file and lack
 * the earlier files.
 */
public final class AtomicFiles {
    private AtomicFiles() {}

    /** Produces a file's content. */
    @FunctionalInterface
    public interface Content {
        /** Writes the whole content to {@code out}. The caller buffers and closes the stream. */
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Writes {@code bytes} to {@code target} and replaces an old file.
     *
     * @return the SHA-256 of the written bytes, in hexadecimal digits
     */
    public static String write(Path target, byte[] bytes) throws IOException {
        return write(target, out -> out.write(bytes));
    }

    /**
     * Replaces the content of {@code target} by the bytes that {@code content} writes. If this fails, the old file is
     * not changed; only on a file system that cannot rename in one step, the old file may be lost.
     *
     * <p>The method is synchronized, because threads of one process share the name of the hidden file.
     *
     * @return the SHA-256 of the written bytes, in hexadecimal digits
     */
    public static synchronized String write(Path target, Content content) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        Path hidden = directory.resolve(
                "." + target.getFileName() + "." + ProcessHandle.current().pid() + ".tmp");
        // Removes the hidden file if a Ctrl-C ends the process during the write.
        hidden.toFile().deleteOnExit();
        String digest;
        boolean done = false;
        try {
            digest = writeHidden(hidden, content);
            rename(hidden, directory.resolve(target.getFileName()));
            done = true;
        } catch (FileException e) {
            // Users do not know the hidden file, so the exception must name the target.
            throw e.file().equals(hidden) && e.getCause() instanceof IOException cause
                    ? FileException.writing(target, cause)
                    : e;
        } finally {
            if (!done) {
                // A failure of this removal is ignored: users should get the reason why the write failed.
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

    /** Forces the directory's entry for the file to the disk, if the operating system can open a directory. */
    private static void sync(Path directory) {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        } catch (IOException e) {
            // This failure is ignored: the file is complete and has its name. Windows, for example, cannot force a
            // directory to the disk.
            return;
        }
    }
}
