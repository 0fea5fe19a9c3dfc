// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.files;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * A file to write, without a buffer. Every failure is a {@link FileException}. The file's directory must exist.
 *
 * <p>This class does not use a channel: a channel closes itself when the thread that uses it is interrupted. But a
 * checkpoint must be written even if the thread is interrupted.
 */
public final class OutputFile extends OutputStream {

    private final Path path;
    private final FileOutputStream out;

    private OutputFile(Path path, boolean append) throws FileException {
        this.path = path;
        try {
            this.out = new FileOutputStream(path.toFile(), append);
        } catch (IOException e) {
            throw FileException.writing(path, e);
        }
    }

    /** Opens a file and removes its old content. */
    public static OutputFile replace(Path path) throws FileException {
        return new OutputFile(path, false);
    }

    /** Opens a file to write after its old content. */
    public static OutputFile append(Path path) throws FileException {
        return new OutputFile(path, true);
    }

    @Override
    public void write(int b) throws FileException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws FileException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            throw FileException.writing(path, e);
        }
    }

    /** Waits until everything that was written is on the disk. */
    public void sync() throws FileException {
        try {
            out.getFD().sync();
        } catch (IOException e) {
            throw FileException.writing(path, e);
        }
    }

    @Override
    public void close() throws FileException {
        try {
            out.close();
        } catch (IOException e) {
            throw FileException.writing(path, e);
        }
    }
}
