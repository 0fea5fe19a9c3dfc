// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AtomicFilesTest {
    @TempDir
    private Path directory;

    @Test
    void replacesAnOldFileAndReturnsTheDigest() throws IOException {
        Path target = Files.createDirectories(directory.resolve("a/b")).resolve("file.txt");
        assertEquals(
                "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
                AtomicFiles.write(target, "abc".getBytes(StandardCharsets.UTF_8)));
        AtomicFiles.write(target, "second".getBytes(StandardCharsets.UTF_8));
        assertEquals("second", Files.readString(target));
        assertEquals(List.of("file.txt"), names(target.getParent()));
    }

    @Test
    void theErrorNamesAMissingDirectoryAndTheDirectoryIsNotMade() {
        Path target = directory.resolve("gone/file.txt");
        IOException thrown = assertThrows(IOException.class, () -> AtomicFiles.write(target, new byte[1]));
        assertEquals(
                target + " cannot be written: there is no directory " + target.getParent()
                        + "; make the directory again",
                thrown.getMessage());
        assertFalse(Files.exists(target.getParent()));
    }

    @Test
    void keepsOnlyTheOldFileWhenWritingTheContentFails() throws IOException {
        Path target = directory.resolve("file.txt");
        Files.writeString(target, "old");
        IOException thrown = assertThrows(
                IOException.class,
                () -> AtomicFiles.write(target, out -> {
                    out.write(new byte[1 << 20]);
                    throw new IOException("no more numbers");
                }));
        assertEquals("no more numbers", thrown.getMessage());
        assertEquals("old", Files.readString(target));
        assertEquals(List.of("file.txt"), names(directory));
    }

    @Test
    void writesInAnInterruptedThread() throws IOException {
        Path target = directory.resolve("file.txt");
        Thread.currentThread().interrupt();
        try {
            AtomicFiles.write(target, "late".getBytes(StandardCharsets.UTF_8));
        } finally {
            Thread.interrupted();
        }
        assertEquals("late", Files.readString(target));
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
