// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Runs tasks on several threads, because a task can wait long, e.g. for a server's start or a lost server's answer. */
final class ParallelTasks {

    private static final int MOST_THREADS = 64;

    private ParallelTasks() {}

    /**
     * Runs all tasks and waits until they end.
     *
     * @param tasks the tasks, at least one
     * @return the tasks' outcomes, in order; see {@link #get}
     */
    static <T> List<Future<T>> run(List<Callable<T>> tasks) {
        ExecutorService executor = Executors.newFixedThreadPool(Math.min(tasks.size(), MOST_THREADS));
        try {
            return executor.invokeAll(tasks);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for servers", e);
        } finally {
            executor.shutdownNow();
        }
    }

    /**
     * The result of a task that has ended. If the task threw an exception, this method throws it. A checked exception
     * becomes the cause of an IllegalStateException.
     */
    static <T> T get(Future<T> outcome) {
        try {
            return outcome.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw e.getCause() instanceof RuntimeException failure ? failure : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for servers", e);
        }
    }
}
