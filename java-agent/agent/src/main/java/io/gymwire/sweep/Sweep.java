// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.sweep;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Executes many runs, several at the same time, each in its own process. Finished runs are skipped, and interrupted
 * runs are continued. A run that fails does not stop the other runs.
 */
public final class Sweep {

    private static final long POLL_MILLIS = 200;
    /**
     * After a signal ended a run, the sweep waits this long before the run counts as failed. If the sweep receives the
     * same signal during this wait, the run counts as interrupted.
     */
    private static final long AFTER_SIGNAL_MILLIS = 1000;

    private static final int FIRST_SIGNAL_CODE = 128;
    /**
     * After a signal, the sweep waits at most this long for its runs to end, and then kills them. A run that receives a
     * signal usually completes its current iteration, but only if this takes at most a few seconds. The limits of the
     * run itself (TrainingRun.STOP_PATIENCE and Interruption.WAIT_SECONDS) are shorter than the sweep's wait.
     */
    private static final long PATIENCE_SECONDS = 15;

    private final List<SweepRun> runs;
    private final int jobs;
    private final Program program;
    private final SweepView view;
    private final List<Job> active = new ArrayList<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private int failed;
    private Instant waitsSince; // when the sweep found that a file of the program is missing; null if none is missing
    private volatile boolean stopping;

    /**
     * @param jobs the number of runs at the same time
     */
    public Sweep(List<SweepRun> runs, int jobs, Program program, SweepView view) {
        this.runs = runs;
        this.jobs = jobs;
        this.program = program;
        this.view = view;
    }

    /**
     * Executes the runs.
     *
     * @return whether all runs have finished
     */
    public boolean run() throws InterruptedException {
        try {
            Runtime.getRuntime().addShutdownHook(new Thread(this::stop, "gymwire-sweep"));
            return work();
        } finally {
            ended.countDown();
        }
    }

    private boolean work() throws InterruptedException {
        Deque<SweepRun> waiting = new ArrayDeque<>();
        for (SweepRun run : runs) {
            if (isFinished(run)) {
                view.skipped(run);
            } else {
                waiting.add(run);
            }
        }
        try {
            while (!active.isEmpty() || !stopping && !waiting.isEmpty()) {
                while (!stopping && active.size() < jobs && !waiting.isEmpty() && canStart()) {
                    begin(waiting.remove());
                }
                view.show(active, waiting);
                Thread.sleep(POLL_MILLIS);
                collectEnded();
            }
        } finally {
            active.forEach(Job::stop);
            view.close();
        }
        view.summary(waiting.size(), stopping);
        return failed == 0 && waiting.isEmpty() && !stopping;
    }

    private static boolean isFinished(SweepRun run) {
        try {
            return new RunFolder(run.directory()).state(run.config()) == RunFolder.State.FINISHED;
        } catch (IOException e) {
            // The error must not stop the other runs. It is reported when this run begins.
            return false;
        }
    }

    /**
     * Whether runs can be started. While the program is built again, its files are missing, and every run would fail at
     * once.
     */
    private boolean canStart() {
        Optional<Path> missing = program.missing();
        if (missing.isEmpty()) {
            waitsSince = null;
            return true;
        }
        if (waitsSince == null) {
            waitsSince = Instant.now();
            view.remark(missing.get() + " is missing, as during a build: the sweep starts no run until the file exists,"
                    + " but waits at most " + program.patience().toMinutes() + " minutes");
        }
        return Duration.between(waitsSince, Instant.now()).compareTo(program.patience()) >= 0;
    }

    private void begin(SweepRun run) {
        try {
            Optional<Job> job = Job.start(run, program.command());
            if (job.isEmpty()) {
                view.skipped(run);
                return;
            }
            synchronized (active) {
                active.add(job.get());
            }
            if (stopping) {
                job.get().stop();
            }
        } catch (IOException e) {
            failed++;
            view.failed(run, e.getMessage());
        }
    }

    private void collectEnded() throws InterruptedException {
        for (Job job : List.copyOf(active)) {
            if (job.isAlive()) {
                continue;
            }
            synchronized (active) {
                active.remove(job);
            }
            if (job.exitCode() == 0) {
                finish(job);
                continue;
            }
            if (job.exitCode() > FIRST_SIGNAL_CODE && !stopping) {
                Thread.sleep(AFTER_SIGNAL_MILLIS);
            }
            if (stopping) {
                view.interrupted(job);
            } else {
                failed++;
                String reason = job.complaint();
                view.failed(job.run(), reason);
                recordFailure(job, reason);
            }
        }
    }

    private void finish(Job job) {
        try {
            view.finished(job);
        } catch (IOException e) {
            failed++;
            view.failed(job.run(), e.getMessage());
        }
    }

    private void recordFailure(Job job, String reason) {
        try {
            job.recordFailure(reason);
        } catch (IOException e) {
            view.remark("the failure of " + job.run().name() + " cannot be recorded for reports: " + e.getMessage());
        }
    }

    /** Asks the runs to end, waits for them, and kills the runs that take too long. */
    private void stop() {
        stopping = true;
        stopActive(Job::stop);
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                stopActive(Job::kill);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void stopActive(Consumer<Job> how) {
        synchronized (active) {
            active.forEach(how);
        }
    }
}
