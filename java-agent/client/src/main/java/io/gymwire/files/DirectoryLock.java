// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/**
 * A lock on a directory. Only one process at a time has the lock. Processes that do not take it can still write into
 * the directory. The lock is the operating system's lock on a file in the directory. It ends with {@link #close} or
 * with its process, even if the process is killed. The file remains. It names the process that took the lock last. It
 * is empty if the file system does not support locks.
 */
public final class DirectoryLock implements AutoCloseable {

    /** The name of the locked file. */
    public static final String FILE = ".lock";

    /**
     * The directories that this process has locked. This class does not open their locked files a second time, because
     * POSIX lets a process take its own lock again. And if a process has opened a file twice and closes it once, it
     * loses all its locks on the file.
     */
    private static final Set<Path> HELD = new HashSet<>();

    /** The call that locks a file. Its result is null if another process has the lock. */
    @FunctionalInterface
    interface Locking {
        FileLock lock(FileChannel file) throws IOException;
    }

    private final Path key;
    private final FileChannel channel;

    private DirectoryLock(Path key, FileChannel channel) {
        this.key = key;
        this.channel = channel;
    }

    /**
     * Takes the lock. If the file system does not support locks, only other parts of this process are kept out, and
     * {@code remark} gets a message.
     *
     * @throws IOException if this process or another process already has the lock (this method does not wait until the
     *     other process ends); or if the locked file cannot be written
     */
    public static DirectoryLock acquire(Path directory, Consumer<String> remark) throws IOException {
        return acquire(directory, remark, DirectoryLock::tryLock);
    }

    static DirectoryLock acquire(Path directory, Consumer<String> remark, Locking locking) throws IOException {
        Path file = directory.resolve(FILE);
        Path key = key(directory);
        synchronized (HELD) {
            if (HELD.contains(key)) {
                throw inUse(directory, holder());
            }
            FileChannel channel = open(file);
            boolean held = false;
            try {
                FileLock lock = locked(channel, directory, remark, locking);
                write(file, channel, lock != null);
                HELD.add(key);
                held = true;
            } finally {
                if (!held) {
                    channel.close();
                }
            }
            return new DirectoryLock(key, channel);
        }
    }

    /** Whether any process has the lock; empty if this is not known, for example because the file does not exist. */
    public static Optional<Boolean> isHeld(Path directory) {
        Path file = directory.resolve(FILE);
        synchronized (HELD) {
            if (!Files.exists(file)) {
                return Optional.empty();
            }
            try {
                if (HELD.contains(key(directory))) {
                    return Optional.of(true);
                }
                try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
                        FileLock lock = channel.tryLock(0, Long.MAX_VALUE, true)) {
                    return Optional.of(lock == null);
                }
            } catch (IOException e) {
                // The file is not readable, or the file system does not support locks.
                return Optional.empty();
            }
        }
    }

    private static Path key(Path directory) throws FileException {
        try {
            return directory.toRealPath();
        } catch (IOException e) {
            throw FileException.writing(directory.resolve(FILE), e);
        }
    }

    private static FileChannel open(Path file) throws FileException {
        try {
            return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw FileException.writing(file, e);
        }
    }

    /**
     * Locks the file; null if another process has the lock and keeps it for 0.2 s. This method waits that long, because
     * {@link #isHeld} in another process takes the lock for a moment.
     */
    private static FileLock tryLock(FileChannel channel) throws IOException {
        FileLock lock = channel.tryLock();
        for (int i = 0; i < 10 && lock == null; i++) {
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            lock = channel.tryLock();
        }
        return lock;
    }

    /** Locks the file; null if the file system does not support locks. */
    private static FileLock locked(FileChannel channel, Path directory, Consumer<String> remark, Locking locking)
            throws IOException {
        FileLock lock;
        try {
            lock = locking.lock(channel);
        } catch (IOException e) {
            remark.accept("the file system of " + directory + " does not support locks (" + FileException.reason(e)
                    + "), so nothing prevents a second process from writing there; do not start one");
            return null;
        }
        if (lock == null) {
            ByteBuffer holder = ByteBuffer.allocate(512);
            channel.read(holder, 0);
            throw inUse(directory, new String(holder.array(), 0, holder.position(), StandardCharsets.UTF_8).strip());
        }
        return lock;
    }

    private static IOException inUse(Path directory, String holder) {
        return new IOException(directory + " is in use by " + (holder.isEmpty() ? "another process" : holder)
                + "; wait until it has ended, or end it");
    }

    private static void write(Path file, FileChannel channel, boolean locked) throws FileException {
        try {
            channel.truncate(0);
            if (locked) {
                channel.write(ByteBuffer.wrap((holder() + "\n").getBytes(StandardCharsets.UTF_8)), 0);
            }
        } catch (IOException e) {
            throw FileException.writing(file, e);
        }
    }

    private static String holder() {
        ProcessHandle self = ProcessHandle.current();
        Instant start = self.info().startInstant().orElseGet(Instant::now);
        return "process " + self.pid() + " on " + host() + " since " + start.truncatedTo(ChronoUnit.SECONDS);
    }

    /** The host's name. This method does not use DNS, which can block for seconds if there is no network. */
    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            // Not Linux.
            Map<String, String> variables = System.getenv();
            return variables.getOrDefault("HOSTNAME", variables.getOrDefault("COMPUTERNAME", "this host"));
        }
    }

    /** Releases the lock. */
    @Override
    public void close() throws IOException {
        synchronized (HELD) {
            HELD.remove(key);
            channel.close();
        }
    }
}
