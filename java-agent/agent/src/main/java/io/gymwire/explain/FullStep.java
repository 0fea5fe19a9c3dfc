// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.update.natural.UpdateReport;

/**
 * The result of an update that takes the full step beta x, without a line search.
 * {@link io.gymwire.update.natural.NaturalUpdate} explains g, x, beta and delta. {@link io.gymwire.update.Surrogate}
 * explains L and KL.
 *
 * @param delta the bound on the divergence, in nats
 * @param divergence mean KL(old || new), in nats
 * @param gain L(theta_new) - L(theta_old)
 * @param predicted the gain that the gradient predicts, g'(theta_new - theta_old)
 * @param norm |beta x|
 */
record FullStep(double delta, double divergence, double gain, double predicted, double norm) {

    static FullStep of(UpdateReport report) {
        return new FullStep(
                report.divergenceLimit(),
                report.divergence(),
                report.actualGain(),
                report.expectedGain(),
                report.stepNorm());
    }

    /** The comparison of the divergence with delta, in one sentence. */
    String sentence() {
        String size =
                NumberText.of(divergence) + " nats, which is " + NumberText.of(divergence / delta) + " times delta";
        if (Double.isNaN(divergence)) {
            return "The divergence KL(old, new) is not a number.";
        }
        return divergence > delta
                ? "The step went beyond delta: KL(old, new) is " + size + "."
                : "The step stayed within delta: KL(old, new) is " + size + ".";
    }
}
