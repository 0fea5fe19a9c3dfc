// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import io.gymwire.files.FileException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;

/** The text that the program prints about an error. */
public final class Failure {

    private Failure() {}

    /** A message about the error, in one line where possible. */
    public static String sentence(Throwable error) {
        if (error instanceof UncheckedIOException unchecked) {
            return sentence(unchecked.getCause());
        }
        if (error instanceof FileSystemException file && file.getFile() != null) {
            return "the file " + file.getFile() + " cannot be used: " + FileException.reason(file)
                    + "; check that it exists, and check its permissions";
        }
        if (error instanceof OutOfMemoryError) {
            String reason = String.valueOf(error.getMessage());
            return "out of memory (" + reason + "); "
                    + (reason.contains("native thread")
                            ? "allow more processes or memory: see ulimit -u and -v"
                            : "choose a smaller --batch, --reuse, --hidden or --envs, or give Java more memory:"
                                    + " GYMWIRE_JAVA_OPTS=-Xmx8g");
        }
        if (error.getMessage() == null
                || error instanceof NullPointerException
                || error instanceof IndexOutOfBoundsException
                || error instanceof NegativeArraySizeException
                || error instanceof ArithmeticException) {
            return "an internal error (" + error + "); run the command again with --debug and report what it prints";
        }
        return error.getMessage();
    }
}
