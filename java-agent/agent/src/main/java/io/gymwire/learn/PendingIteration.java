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

/** An iteration with a complete batch. The learner may still be learning from the batch. */
public final class PendingIteration {

    private final MetricValues metrics;
    private final List<Rollout.Episode> episodes;
    private final CompletableFuture<Improved> improved;
    private final CompletableFuture<Fit> fit;
    private Iteration complete; // null until the iteration is complete

    /**
     * The result of one iteration.
     *
     * @param metrics the metrics that the trainer measures; {@code RunProgress} adds the metrics of the run as a whole
     * @param remark why the policy could not be improved; usually empty
     * @param episodes the episodes that ended while the batch was collected
     */
    public record Iteration(MetricValues metrics, Optional<String> remark, List<Rollout.Episode> episodes) {}

    /**
     * The results that are known as soon as the policy's update is done.
     *
     * @param measures a function that writes the update's metrics into its argument
     * @param remark why the policy could not be improved; usually empty
     * @param fitting the critic's fit, not started yet
     */
    record Improved(Consumer<MetricValues> measures, Optional<String> remark, CriticFit fitting) {}

    private record Fit(double valueLoss, double seconds) {}

    /** Creates the iteration. As soon as the policy's update is done, another thread fits the critic. */
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

    /** The iteration's metrics that are known so far, not a copy. {@link #complete} adds the metrics of learning. */
    public MetricValues metrics() {
        return metrics;
    }

    /** The episodes that ended while the batch was collected. */
    public List<Rollout.Episode> episodes() {
        return episodes;
    }

    /** Waits until the policy's update is done; the critic's fit may still run. */
    public void awaitPolicy() {
        join(improved);
    }

    /**
     * Helps the other thread to fit the critic, and waits until the fit is done. After this call, {@link #metrics} also
     * contains the metrics of learning, and no other thread changes the learner.
     */
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

    /** The result of another thread. If that thread threw an exception, this method throws it again. */
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
