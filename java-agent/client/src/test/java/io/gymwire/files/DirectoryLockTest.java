// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.files;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {

    @TempDir
    private Path directory;

    private final List<String> remarks = new ArrayList<>();

    /** A program that locks a directory until the program is killed. */
    public static final class Holder {
        public static void main(String[] args) throws Exception {
            DirectoryLock.acquire(Path.of(args[0]), System.out::println);
            System.out.println("locked");
            Thread.sleep(Long.MAX_VALUE);
        }
    }

    @Test
    void theErrorNamesTheHolderAndTheLockEndsWithTheHolder() throws Exception {
        Process holder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Holder.class.getName(),
                        directory.toString())
                .start();
        try (BufferedReader out = holder.inputReader(StandardCharsets.UTF_8)) {
            assertEquals("locked", out.readLine());
            String message = assertThrows(IOException.class, () -> DirectoryLock.acquire(directory, remarks::add))
                    .getMessage();
            assertTrue(
                    message.matches("\\Q" + directory + "\\E is in use by process " + holder.pid()
                            + " on \\S+ since \\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ; "
                            + "wait until it has ended, or end it"),
                    message);
            assertEquals(Optional.of(true), DirectoryLock.isHeld(directory));
        } finally {
            holder.destroyForcibly().waitFor();
        }
        assertEquals(Optional.of(false), DirectoryLock.isHeld(directory));
        DirectoryLock.acquire(directory, remarks::add).close();
        assertEquals(List.of(), remarks);
    }

    /**
     * POSIX allows a process to take its own lock again. DirectoryLock itself refuses this, with the error that another
     * process gets.
     */
    @Test
    void anotherPartOfThisProcessCannotTakeTheLockEither() throws IOException {
        Path sameDirectory = Files.createSymbolicLink(directory.resolve("link"), directory);
        DirectoryLock lock = DirectoryLock.acquire(directory, remarks::add);
        try {
            assertTrue(assertThrows(IOException.class, () -> DirectoryLock.acquire(sameDirectory, remarks::add))
                    .getMessage()
                    .contains("is in use by process " + ProcessHandle.current().pid() + " on "));
            assertEquals(Optional.of(true), DirectoryLock.isHeld(directory));
        } finally {
            lock.close();
        }
        assertEquals(Optional.of(false), DirectoryLock.isHeld(directory));
        DirectoryLock.acquire(sameDirectory, remarks::add).close();
    }

    @Test
    void aRemarkReportsAFileSystemWithoutLocks() throws IOException {
        DirectoryLock lock = DirectoryLock.acquire(directory, remarks::add, file -> {
            throw new IOException("No locks available");
        });
        lock.close();
        assertEquals(
                List.of("the file system of " + directory + " does not support locks (No locks available),"
                        + " so nothing prevents a second process from writing there; do not start one"),
                remarks);
    }

    @Test
    void theErrorNamesAMissingDirectory() {
        Path gone = directory.resolve("gone");
        String message = assertThrows(IOException.class, () -> DirectoryLock.acquire(gone, remarks::add))
                .getMessage();
        assertTrue(message.startsWith(gone.resolve(".lock") + " cannot be written: there is no directory "), message);
        assertFalse(Files.exists(gone));
        assertEquals(Optional.empty(), DirectoryLock.isHeld(gone));
    }
}
