// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.explain;

import io.gymwire.linalg.Vectors;
import io.gymwire.net.Parameter;
import io.gymwire.update.Surrogate;
import java.util.Arrays;
import java.util.List;

/**
 * The surrogate L at theta_old, and its gradient g there.
 *
 * @param surrogate L(theta_old), with the entropy bonus
 * @param entropy mean entropy of the old policy, in nats
 * @param gradientNorm |g|
 * @param parts the gradient's norm within each part of theta
 */
record Objective(double surrogate, double entropy, double gradientNorm, List<Part> parts) {

    /** A part of theta: its name, the number of its elements, and |g| over these elements. */
    record Part(String name, int size, double gradientNorm) {}

    static Objective of(UpdateInput input, UpdateTrace trace) {
        Surrogate.Point start = trace.surrogate().at(trace.surrogate().oldTheta());
        List<Part> parts = input.policy().parameters().stream()
                .map(parameter -> new Part(parameter.name(), parameter.size(), norm(trace.g(), parameter)))
                .toList();
        return new Objective(start.surrogate(), start.entropy(), Vectors.norm(trace.g()), parts);
    }

    private static double norm(double[] g, Parameter part) {
        return Vectors.norm(Arrays.copyOfRange(g, part.offset(), part.offset() + part.size()));
    }
}
