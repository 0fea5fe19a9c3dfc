// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

import org.ejml.data.DMatrixRMaj;

/**
 * The matrices of a network's forward pass over a batch, with one row per sample. The first matrix is the caller's
 * input, and the last matrix is the output. The network that made this object defines the matrices between them.
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
