// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.IntConsumer;

/**
 * Runs many short tasks. One thread, the owner, calls {@link #run} for each task. The chunks of a task run on the owner
 * and on the helpers, which are the threads in {@link #help}. A task takes about ten microseconds, so threads wait by
 * spinning.
 *
 * <p>A chunk must not read or write what another chunk of its task changes. Then it does not matter which thread runs
 * which chunk.
 */
public final class ChunkRunner {

    /**
     * A waiting thread checks again and again whether it can continue. First it keeps the processor for this number of
     * checks, which take some tens of microseconds. After these checks, it yields the processor between two checks.
     */
    private static final int SPINS = 2000;
    /**
     * The owner works on chunks, then waits for the helpers. A task is late if the owner's wait is longer than the
     * owner's work plus this time.
     */
    private static final long GRACE_NANOS = 50_000;
    /**
     * After this many late tasks, the helpers are stopped: they seem to have no cores of their own, and the work is
     * faster without them.
     */
    private static final int MAX_LATE = 8;

    private static final int INDEX_BITS = 16;
    private static final int INDEX_MASK = (1 << INDEX_BITS) - 1;

    /** Three numbers in one long: the index of the task, its count of chunks, and the index of the next chunk. */
    private final AtomicLong state = new AtomicLong();

    private final AtomicInteger doneByHelpers = new AtomicInteger();
    private IntConsumer task; // made visible to helpers by the write of state
    private int late;
    private volatile Throwable failure;
    private volatile boolean helped;
    private volatile boolean closed;

    /**
     * Runs the chunks 0 to {@code chunks - 1} of a task, and returns when all chunks are done. Only one thread, the
     * owner, may call this method.
     *
     * @param chunks the number of chunks, at most {@value RowChunks#MAX_COUNT}
     * @throws IllegalStateException if a chunk failed on a helper thread
     */
    public void run(int chunks, IntConsumer task) {
        if (!helped || chunks == 1) {
            for (int chunk = 0; chunk < chunks; chunk++) {
                task.accept(chunk);
            }
            return;
        }
        this.task = task;
        doneByHelpers.set(0);
        state.set((state.get() >>> 2 * INDEX_BITS) + 1 << 2 * INDEX_BITS | (long) chunks << INDEX_BITS);
        int own = 0;
        long begun = System.nanoTime();
        for (int chunk = take(); chunk >= 0; chunk = take()) {
            task.accept(chunk);
            own++;
        }
        long worked = System.nanoTime() - begun;
        for (int spins = 0; doneByHelpers.get() + own < chunks; spins++) {
            pause(spins);
        }
        if (System.nanoTime() - begun > 2 * worked + GRACE_NANOS && ++late == MAX_LATE) {
            helped = false;
            closed = true;
        }
        if (failure != null) {
            throw new IllegalStateException("a chunk of a task failed", failure);
        }
    }

    /** Stops the helpers: {@link #help} returns on their threads. */
    public void close() {
        closed = true;
    }

    /**
     * Runs chunks on the calling thread until {@link #close}, until too many tasks were late, or until a chunk fails on
     * this thread. Several threads can call this method.
     */
    public void help() {
        if (!closed) {
            helped = true;
        }
        int spins = 0;
        while (!closed) {
            int chunk = take();
            if (chunk < 0) {
                pause(spins++);
                continue;
            }
            spins = 0;
            try {
                task.accept(chunk);
            } catch (RuntimeException | Error e) {
                failure = e;
                throw e;
            } finally {
                doneByHelpers.incrementAndGet();
            }
        }
    }

    /** Takes the next chunk. The result is the index of the chunk, or -1 if all chunks of the task are taken. */
    private int take() {
        while (true) {
            long seen = state.get();
            int next = (int) seen & INDEX_MASK;
            int chunks = (int) (seen >>> INDEX_BITS) & INDEX_MASK;
            if (next >= chunks) {
                return -1;
            }
            if (state.compareAndSet(seen, seen + 1)) {
                return next;
            }
        }
    }

    private static void pause(int spins) {
        if (spins < SPINS) {
            Thread.onSpinWait();
        } else {
            Thread.yield();
        }
    }
}
