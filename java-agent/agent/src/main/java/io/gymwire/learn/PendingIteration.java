// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.metrics.MetricValues;
import io.gymwire.policy.CriticFit;
import io.gymwire.rollout.Rollout;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An iteration whose policy is improved, and whose critic is still being fitted. */
public final class PendingIteration {

    private final Iteration iteration;
    private final CriticFit fitting;
    private final CompletableFuture<Fit> fit;
    private boolean complete;

    /**
     * What one iteration did.
     *
     * @param metrics all but those of the run as a whole
     * @param remark why the policy could not be improved; empty as a rule
     * @param episodes that ended while the batch was collected
     */
    public record Iteration(MetricValues metrics, Optional<String> remark, List<Rollout.Episode> episodes) {}

    private record Fit(double valueLoss, double seconds) {}

    /** Begins to fit the critic, on another thread. */
    PendingIteration(Iteration iteration, CriticFit fitting) {
        this.iteration = iteration;
        this.fitting = fitting;
        this.fit = CompletableFuture.supplyAsync(() -> {
            long start = System.nanoTime();
            double loss = fitting.run();
            return new Fit(loss, seconds(start));
        });
    }

    /** The iteration as far as it is known: all but what the critic's fit is yet to tell. */
    public Iteration iteration() {
        return iteration;
    }

    /** Helps until the critic is fitted; only then is the iteration, and the learner, complete. */
    public Iteration complete() {
        if (!complete) {
            long start = System.nanoTime();
            fitting.help();
            Fit done = fit.join();
            iteration.metrics().put(RunMetrics.VALUE_LOSS, done.valueLoss());
            iteration.metrics().put(RunMetrics.CRITIC_SECONDS, done.seconds());
            iteration.metrics().put(RunMetrics.CRITIC_WAIT_SECONDS, seconds(start));
            complete = true;
        }
        return iteration;
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
