// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(120)
final class ChunkRunnerTest {
    private static final int CHUNKS = 64;

    private final ChunkRunner runner = new ChunkRunner();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final int[] counts = new int[CHUNKS];
    private final Thread[] last = new Thread[CHUNKS];

    @AfterEach
    void end() {
        runner.close();
        threads.shutdown();
    }

    @Test
    void withoutHelpersTheOwnerRunsAllChunks() {
        runner.run(CHUNKS, this::count);
        assertEquals(CHUNKS, Arrays.stream(counts).sum());
        assertSame(Thread.currentThread(), last[CHUNKS - 1]);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 63})
    void eachChunkRunsOnceInEachCallOfTheMethodRun(int helpers) throws Exception {
        List<CompletableFuture<Void>> ends = new ArrayList<>();
        for (int i = 0; i < helpers; i++) {
            ends.add(help());
        }
        for (int i = 1; i <= 2_000; i++) {
            runner.run(1 + i % CHUNKS, this::count);
        }
        for (int chunk = 0; chunk < CHUNKS; chunk++) {
            int runs = 0;
            for (int i = 1; i <= 2_000; i++) {
                runs += i % CHUNKS >= chunk ? 1 : 0;
            }
            assertEquals(runs, counts[chunk], "chunk " + chunk);
        }
        runner.close();
        for (CompletableFuture<Void> end : ends) {
            end.get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void everyThreadThatHelpsGetsWork() {
        for (int i = 0; i < 3; i++) {
            help();
        }
        Thread owner = Thread.currentThread();
        // As long as no thread helps, the owner runs all chunks itself.
        do {
            runner.run(2, this::count);
        } while (last[0] == owner && last[1] == owner);
        Set<Thread> workers = ConcurrentHashMap.newKeySet();
        CyclicBarrier all = new CyclicBarrier(4);
        // Each thread waits until four threads have a chunk each.
        runner.run(4, chunk -> {
            workers.add(Thread.currentThread());
            try {
                all.await();
            } catch (InterruptedException | BrokenBarrierException e) {
                throw new IllegalStateException(e);
            }
        });
        assertEquals(4, workers.size());
    }

    @Test
    void helpersAreStoppedIfTheyAreOftenLate() throws Exception {
        CompletableFuture<Void> end = help();
        Thread owner = Thread.currentThread();
        while (!end.isDone()) {
            runner.run(2, chunk -> {
                if (Thread.currentThread() != owner) {
                    LockSupport.parkNanos(5_000_000);
                }
            });
        }
        end.get(30, TimeUnit.SECONDS);
        runner.run(CHUNKS, this::count);
        assertSame(owner, last[CHUNKS - 1]);
    }

    @Test
    void theMethodHelpReturnsImmediatelyIfTheRunnerIsClosed() {
        runner.close();
        runner.help();
    }

    @Test
    void aFailureOfAHelperIsThrownToTheOwner() {
        CompletableFuture<Void> end = help();
        Thread owner = Thread.currentThread();
        assertThrows(IllegalStateException.class, () -> {
            while (true) {
                runner.run(2, chunk -> {
                    if (Thread.currentThread() != owner) {
                        throw new StackOverflowError();
                    }
                });
            }
        });
        assertThrows(CompletionException.class, end::join);
    }

    private CompletableFuture<Void> help() {
        return CompletableFuture.runAsync(runner::help, threads);
    }

    private void count(int chunk) {
        counts[chunk]++;
        last[chunk] = Thread.currentThread();
    }
}
