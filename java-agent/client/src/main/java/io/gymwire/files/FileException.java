// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.files;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A failure to use a file. The message contains the file's name, the reason and the remedy in one sentence. */
public final class FileException extends IOException {
    private static final long serialVersionUID = 1L;

    /** The reason in parentheses at the end of a message of {@link java.io.FileOutputStream} or a similar class. */
    private static final Pattern IN_BRACKETS = Pattern.compile("\\(([^()]+)\\)$");

    private final transient Path file;
    private final String reason;

    private FileException(Path file, String verb, String reason, String remedy, Throwable cause) {
        super(file + " " + verb + ": " + reason + "; " + remedy, cause);
        this.file = file;
        this.reason = reason;
    }

    /**
     * Creates the error for a file that cannot be read or that has wrong content.
     *
     * @param reason the reason in a few words, in which "it" is the file, e.g. "it has no row"
     * @param remedy what users can do, e.g. "train the run again"
     */
    public static FileException reading(Path file, String reason, String remedy, Throwable cause) {
        return new FileException(file, "cannot be used", reason, remedy, cause);
    }

    /** Creates the error for a file or directory that cannot be written. */
    public static FileException writing(Path file, IOException cause) {
        Path directory = file.toAbsolutePath().getParent();
        boolean gone = directory != null && !Files.isDirectory(directory);
        String reason = gone ? "there is no directory " + directory : reason(cause);
        return new FileException(
                file, "cannot be written", reason, gone ? "make the directory again" : remedy(reason), cause);
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /** The problem with the file. */
    public String reason() {
        return reason;
    }

    /** Whether the cause is an {@link AccessDeniedException}: this user has no permission to access the file. */
    public boolean isDenied() {
        return getCause() instanceof AccessDeniedException;
    }

    /** The reason why an operation on a file failed, in a few words. */
    public static String reason(IOException failure) {
        if (failure instanceof FileException known) {
            return known.reason();
        }
        if (failure instanceof NoSuchFileException) {
            return "there is no such file or directory";
        }
        if (failure instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (failure instanceof FileAlreadyExistsException) {
            return "there is another file of that name";
        }
        if (failure instanceof NotDirectoryException) {
            return "it is not a directory";
        }
        if (failure instanceof DirectoryNotEmptyException) {
            return "the directory is not empty";
        }
        if (failure instanceof CharacterCodingException) {
            return "it is not UTF-8 text";
        }
        String text = failure instanceof FileSystemException known ? known.getReason() : failure.getMessage();
        if (text == null) {
            return failure instanceof EOFException
                    ? "it ends too early"
                    : failure.getClass().getSimpleName();
        }
        Matcher inBrackets = IN_BRACKETS.matcher(text);
        return failure instanceof FileNotFoundException && inBrackets.find() ? inBrackets.group(1) : text;
    }

    /** The remedy for a reason. A reason can be in the user's language; only English reasons have special remedies. */
    private static String remedy(String reason) {
        String text = reason.toLowerCase(Locale.ROOT);
        if (text.contains("no space left") || text.contains("quota")) {
            return "free some space";
        }
        if (text.contains("file too large")) {
            return "raise the limit on the size of files (ulimit -f)";
        }
        if (text.contains("too many open files")) {
            return "raise the limit on open files (ulimit -n)";
        }
        return "check the disk and the permissions, or choose another directory (copy an existing run there)";
    }
}
