// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class HalvesTest {
    private final Halves halves = new Halves();
    private final Thread[] last = new Thread[2];
    private final int[] counts = new int[2];

    @Test
    void ownerRunsBothHalvesAlone() {
        halves.run(this::count);
        assertEquals(1, counts[0]);
        assertEquals(1, counts[1]);
        assertSame(Thread.currentThread(), last[1]);
    }

    @Test
    void whoeverRunsThemBothHalvesAreDoneWhenATaskReturns() throws Exception {
        CompletableFuture<Void> helper = CompletableFuture.runAsync(halves::help);
        awaitHelper();
        int before = counts[1];
        for (int i = 1; i <= 10_000; i++) {
            halves.run(this::count);
            assertEquals(before + i, counts[1]);
        }
        assertEquals(counts[0], counts[1]);
        assertSame(Thread.currentThread(), last[0]);
        halves.close();
        helper.get(30, TimeUnit.SECONDS);
    }

    @Test
    void aHelperThatIsOftenLateIsLetGo() throws Exception {
        CompletableFuture<Void> helper = CompletableFuture.runAsync(halves::help);
        awaitHelper();
        Thread owner = Thread.currentThread();
        for (int i = 0; i < 100; i++) {
            halves.run(half -> {
                if (half == 1 && Thread.currentThread() != owner) {
                    LockSupport.parkNanos(5_000_000);
                }
            });
        }
        helper.get(30, TimeUnit.SECONDS);
        halves.run(this::count);
        assertSame(owner, last[1]);
    }

    @Test
    void whoeverHelpsLateOrSecondReturnsAtOnce() throws Exception {
        CompletableFuture<Void> helper = CompletableFuture.runAsync(halves::help);
        awaitHelper();
        halves.help();
        halves.close();
        helper.get(30, TimeUnit.SECONDS);
        Halves closed = new Halves();
        closed.close();
        closed.help();
    }

    @Test
    void aFailureOfTheHelperIsTheOwners() {
        CompletableFuture<Void> helper = CompletableFuture.runAsync(halves::help);
        Thread owner = Thread.currentThread();
        assertThrows(IllegalStateException.class, () -> {
            while (true) {
                halves.run(half -> {
                    if (Thread.currentThread() != owner) {
                        throw new ArithmeticException();
                    }
                });
            }
        });
        assertThrows(CompletionException.class, helper::join);
    }

    private void awaitHelper() {
        while (last[1] == null || last[1] == Thread.currentThread()) {
            halves.run(this::count);
        }
    }

    private void count(int half) {
        counts[half]++;
        last[half] = Thread.currentThread();
    }
}
