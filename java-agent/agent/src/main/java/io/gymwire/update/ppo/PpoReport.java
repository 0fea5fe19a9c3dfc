// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import io.gymwire.metrics.MetricValues;
import io.gymwire.update.PolicyUpdate;
import io.gymwire.update.Surrogate;
import java.util.Optional;

/**
 * The report of one update. {@link PpoUpdate} explains the symbols.
 *
 * @param before the surrogate, divergence and entropy at theta_old
 * @param after the same numbers at the parameters after the update
 * @param passes the statistics of the passes
 * @param learningRate Adam's step size
 * @param remark why the policy did not change; empty if it changed
 */
record PpoReport(
        Surrogate.Point before, Surrogate.Point after, Passes passes, double learningRate, Optional<String> remark)
        implements PolicyUpdate.Report {

    /**
     * The statistics of an update's passes over the batch.
     *
     * @param epochs the number of passes
     * @param loss the mean loss of the minibatches, without the terms of the entropy and of the penalty
     * @param epochDivergence the mean KL(old || theta) over the last pass, in nats
     * @param gradientNorm the mean of the minibatches' |g|, before G limits it
     * @param method the numbers of clipping or of the penalty
     */
    record Passes(int epochs, double loss, double epochDivergence, double gradientNorm, Method method) {

        /** The statistics of an update that left the policy as it was. */
        static final Passes NONE =
                new Passes(0, Double.NaN, Double.NaN, Double.NaN, new Method(Double.NaN, Double.NaN));
    }

    /**
     * The numbers of the method that keeps the new policy near the old policy: clipping or the penalty.
     *
     * @param clipFraction the share of the samples with a weighted probability ratio beyond the clip range, averaged
     *     over the passes; NaN with a penalty
     * @param beta the penalty's coefficient; NaN with clipping
     */
    record Method(double clipFraction, double beta) {}

    @Override
    public void measure(MetricValues values) {
        values.put(PpoMetrics.POLICY_OBJECTIVE, after.surrogate());
        values.put(PpoMetrics.ACTUAL_IMPROVEMENT, after.surrogate() - before.surrogate());
        values.put(PpoMetrics.KL_DIVERGENCE, after.divergence());
        values.put(PpoMetrics.POLICY_GRADIENT_LOSS, passes.loss());
        values.put(PpoMetrics.EPOCH_KL, passes.epochDivergence());
        values.put(PpoMetrics.CLIP_FRACTION, passes.method().clipFraction());
        values.put(PpoMetrics.KL_PENALTY, passes.method().beta());
        values.put(PpoMetrics.EPOCHS, passes.epochs());
        values.put(PpoMetrics.LEARNING_RATE, learningRate);
        values.put(PpoMetrics.GRADIENT_NORM, passes.gradientNorm());
        values.put(PpoMetrics.ENTROPY, after.entropy());
    }
}
