// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.files;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Makes, lists and removes directories. Every failure is a {@link FileException}. */
public final class Directories {

    private Directories() {}

    /** Makes a directory and the directories above it that are missing. */
    public static void make(Path directory) throws FileException {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw unmade(directory, e);
        }
    }

    /** Makes a directory if it is missing. Unlike {@link #make}, it fails if the directory above is missing. */
    public static void makeOne(Path directory) throws FileException {
        try {
            Files.createDirectory(directory);
        } catch (IOException e) {
            if (!Files.isDirectory(directory)) {
                throw FileException.writing(directory, e);
            }
        }
    }

    /** Makes a new directory for temporary files. */
    public static Path makeTemporary(String prefix) throws FileException {
        try {
            return Files.createTempDirectory(prefix).toAbsolutePath();
        } catch (IOException e) {
            Path place = Path.of(System.getProperty("java.io.tmpdir"));
            String reason = Files.isDirectory(place) ? FileException.reason(e) : "there is no such directory";
            throw FileException.reading(
                    place,
                    "no temporary directory can be made in it: " + reason,
                    "choose another place with the JVM option -Djava.io.tmpdir=DIR (./gymwire: in GYMWIRE_JAVA_OPTS)",
                    e);
        }
    }

    /**
     * Refuses a directory in which no file can be made. If the directory is missing, tests the directory above it.
     * Commands call this method before long work, so that they need not throw away its results.
     */
    public static void requireWritable(Path directory) throws FileException {
        Path place =
                Files.exists(directory) ? directory : directory.toAbsolutePath().getParent();
        try {
            Files.delete(Files.createTempFile(place, ".gymwire", ".tmp"));
        } catch (IOException e) {
            throw FileException.writing(directory, e);
        }
    }

    /** The entries of a directory, sorted by name. */
    public static List<Path> list(Path directory) throws FileException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw unlisted(directory, e);
        } catch (UncheckedIOException e) {
            throw unlisted(directory, e.getCause());
        }
    }

    /** A directory and everything below it, sorted by path. */
    public static List<Path> walk(Path directory) throws FileException {
        try (Stream<Path> entries = Files.walk(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            throw unlisted(directory, e);
        } catch (UncheckedIOException e) {
            throw unlisted(directory, e.getCause());
        }
    }

    /**
     * The files below a directory that {@code wanted} accepts, sorted by path. Symbolic links are followed. A link that
     * leads back to a directory above it is left out. What cannot be read is left out too, if the path from
     * {@code directory} to it leads through a link.
     *
     * @param remark receives a line about each entry that cannot be read and is left out
     */
    public static List<Path> findWithLinks(Path directory, Predicate<Path> wanted, Consumer<String> remark)
            throws FileException {
        List<Path> found = new ArrayList<>();
        FileVisitor<Path> visitor = new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path entry, BasicFileAttributes attributes) {
                if (wanted.test(entry)) {
                    found.add(entry);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path entry, IOException failure) throws IOException {
                if (failure instanceof FileSystemLoopException) {
                    return FileVisitResult.CONTINUE;
                }
                if (!isBehindLink(directory, entry)) {
                    throw failure;
                }
                remark.accept(entry + " is left out, because it cannot be read: " + FileException.reason(failure));
                return FileVisitResult.CONTINUE;
            }

            // The failure is null, or the error that ended the listing of the directory too early.
            @Override
            public FileVisitResult postVisitDirectory(Path entry, IOException failure) throws IOException {
                return failure == null ? FileVisitResult.CONTINUE : visitFileFailed(entry, failure);
            }
        };
        try {
            Files.walkFileTree(directory, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor);
        } catch (IOException e) {
            throw unlisted(directory, e);
        }
        return found.stream().sorted().toList();
    }

    /** Whether the path from {@code top} to an entry below it leads through a symbolic link. */
    private static boolean isBehindLink(Path top, Path entry) {
        for (Path path = entry; !path.equals(top); path = path.getParent()) {
            if (Files.isSymbolicLink(path)) {
                return true;
            }
        }
        return false;
    }

    /** Removes a file, or a directory with everything in it. */
    public static void remove(Path top) throws FileException {
        for (Path path : walk(top).stream().sorted(Comparator.reverseOrder()).toList()) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                throw FileException.writing(path, e);
            }
        }
    }

    /**
     * The error for a directory that cannot be made. It names the highest missing directory above this directory, or
     * this directory if none above it is missing.
     */
    private static FileException unmade(Path directory, IOException failure) {
        Path missing = directory.toAbsolutePath();
        while (missing.getParent() != null && !Files.exists(missing.getParent())) {
            missing = missing.getParent();
        }
        return FileException.writing(missing, failure);
    }

    private static FileException unlisted(Path directory, IOException failure) {
        Path place = failure instanceof java.nio.file.FileSystemException known && known.getFile() != null
                ? Path.of(known.getFile())
                : directory;
        return FileException.reading(
                place, FileException.reason(failure), "check that it exists, and check its permissions", failure);
    }
}
