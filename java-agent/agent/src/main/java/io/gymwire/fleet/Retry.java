// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.EnvironmentException;
import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Repeats an attempt, with pauses of one second, until it succeeds, the time is over or the process is asked to end. In
 * the last two cases, one more attempt follows. A failure that another attempt cannot change ends the attempts too.
 */
final class Retry {

    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Duration longest;
    private final BooleanSupplier stop;
    private final Consumer<String> console;
    private final long start = System.nanoTime();
    private boolean reported;

    /** An attempt that may fail now and succeed later. */
    @FunctionalInterface
    interface Attempt<T> {
        /** Tries once. */
        T make() throws IOException;
    }

    /**
     * Starts the waiting time now.
     *
     * @param longest the waiting time, after which there is one more attempt; zero for a single attempt
     * @param stop whether the process is asked to end
     * @param console receives one line about the first failure that causes a wait
     */
    Retry(Duration longest, BooleanSupplier stop, Consumer<String> console) {
        this.longest = longest;
        this.stop = stop;
        this.console = console;
    }

    /** Whether the waiting is over: an attempt that begins now is the last one. */
    boolean isOver() {
        return stop.getAsBoolean() || System.nanoTime() - start >= longest.toNanos();
    }

    /**
     * The result of the first attempt that succeeds.
     *
     * @param mayPass whether to try again after a failure
     * @throws EnvironmentException the failure of the last attempt
     */
    <T> T until(Attempt<T> attempt, Predicate<EnvironmentException> mayPass) throws IOException {
        while (true) {
            boolean last = isOver();
            try {
                return attempt.make();
            } catch (EnvironmentException e) {
                if (last || !mayPass.test(e)) {
                    throw e;
                }
                report(e);
            }
            pause();
        }
    }

    private void report(EnvironmentException failure) {
        if (!reported) {
            reported = true;
            console.accept(String.format(
                    Locale.ROOT, "waiting up to %.0f s: %s", longest.toMillis() / 1000.0, failure.getMessage()));
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for servers", e);
        }
    }
}
