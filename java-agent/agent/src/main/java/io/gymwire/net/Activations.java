// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

import org.ejml.data.DMatrixRMaj;

/**
 * The matrices that a network computes for a batch, one row per sample: the caller's input first, the output last. The
 * network that made this object defines the matrices between input and output.
 */
public final class Activations {

    final DMatrixRMaj[] layers;

    Activations(DMatrixRMaj[] layers) {
        this.layers = layers;
    }

    /** The output [rows][outputSize]; always the same object. */
    public DMatrixRMaj output() {
        return layers[layers.length - 1];
    }

    /** The input [rows][inputSize]: the matrix that the caller gave to {@link Network#activations}. */
    public DMatrixRMaj input() {
        return layers[0];
    }
}
