// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;

/**
 * Measures the processor time of the calling thread. While other threads or processes use the core, no time is counted.
 * If the JVM does not offer processor times, elapsed time is measured instead.
 */
final class CpuClock {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final boolean HAS_CPU_TIME = THREADS.isCurrentThreadCpuTimeSupported();

    private CpuClock() {}

    /**
     * Runs work again and again.
     *
     * @param least the minimum duration of all runs together, in seconds
     * @return the mean seconds of one run
     */
    static double secondsOf(Runnable work, double least) {
        long runs = 0;
        double begin = now();
        double end;
        long batch = 1;
        do {
            for (long i = 0; i < batch; i++) {
                work.run();
            }
            runs += batch;
            batch = Math.min(2 * batch, 1024);
            end = now();
        } while (end - begin < least);
        return (end - begin) / runs;
    }

    private static double now() {
        return (HAS_CPU_TIME ? THREADS.getCurrentThreadCpuTime() : System.nanoTime()) / 1e9;
    }
}
