// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import org.ejml.data.DMatrixRMaj;

/**
 * The inputs that determine the distributions pi_theta(. | s_i) of a batch: row i of the network's outputs for theta,
 * and the distribution's own parameters, which are the same for every state.
 *
 * @param theta the parameter vector itself, not a copy
 * @param own the index in theta of the distribution's first own parameter. All factors of a product get the index of
 *     the product's first own parameter
 * @param outputs the network's outputs for theta [rows][outputSize], not a copy
 */
public record DistributionInputs(double[] theta, int own, DMatrixRMaj outputs) {

    /** The number of outputs in a row, for all factors of a product together. */
    int width() {
        return outputs.numCols;
    }
}
