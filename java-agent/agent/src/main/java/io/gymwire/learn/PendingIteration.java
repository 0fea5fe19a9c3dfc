// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.metrics.MetricValues;
import io.gymwire.policy.CriticFit;
import io.gymwire.rollout.Rollout;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;

/** An iteration whose batch is collected, while the learner still learns from it. */
public final class PendingIteration {

    private final MetricValues metrics;
    private final List<Rollout.Episode> episodes;
    private final CompletableFuture<Improved> improved;
    private final CompletableFuture<Fit> fit;
    private Iteration complete; // null until it is

    /**
     * The result of one iteration.
     *
     * @param metrics all except those of the run as a whole
     * @param remark why the policy could not be improved; usually empty
     * @param episodes that ended while the batch was collected
     */
    public record Iteration(MetricValues metrics, Optional<String> remark, List<Rollout.Episode> episodes) {}

    /**
     * The results that are known once the policy is improved.
     *
     * @param measures sets the update's metrics
     * @param remark why the policy could not be improved; usually empty
     * @param fitting the critic's fit, not started yet
     */
    record Improved(Consumer<MetricValues> measures, Optional<String> remark, CriticFit fitting) {}

    private record Fit(double valueLoss, double seconds) {}

    /** Fits the critic on another thread, once the policy is improved. */
    PendingIteration(MetricValues metrics, List<Rollout.Episode> episodes, CompletableFuture<Improved> improved) {
        this.metrics = metrics;
        this.episodes = episodes;
        this.improved = improved;
        this.fit = improved.thenApplyAsync(result -> {
            long start = System.nanoTime();
            double loss = result.fitting().run();
            return new Fit(loss, seconds(start));
        });
    }

    /** Its metrics as far as they are known, live; {@link #complete} adds those of learning. */
    public MetricValues metrics() {
        return metrics;
    }

    /** The episodes that ended while the batch was collected. */
    public List<Rollout.Episode> episodes() {
        return episodes;
    }

    /** Waits until the policy is improved; the critic's fit may still run. */
    public void awaitPolicy() {
        join(improved);
    }

    /** Helps to fit the critic until the fit is done. Only then are the iteration and the learner complete. */
    public Iteration complete() {
        if (complete == null) {
            Improved result = join(improved);
            long start = System.nanoTime();
            result.fitting().help();
            Fit done = join(fit);
            result.measures().accept(metrics);
            metrics.put(RunMetrics.VALUE_LOSS, done.valueLoss());
            metrics.put(RunMetrics.CRITIC_SECONDS, done.seconds());
            metrics.put(RunMetrics.CRITIC_WAIT_SECONDS, seconds(start));
            complete = new Iteration(metrics, result.remark(), episodes);
        }
        return complete;
    }

    /** The result of another thread; rethrows what that thread threw. */
    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw e;
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
