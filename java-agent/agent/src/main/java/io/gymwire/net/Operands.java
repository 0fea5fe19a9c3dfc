// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

import io.gymwire.linalg.MatrixView;

/**
 * The working memory with which one thread computes the matrix products of a network. It has a view of each matrix in
 * C = S + A B, and two arrays for intermediate results. Before each product, the views are set to the product's data.
 * Each thread uses its own object again and again, so a product usually allocates no memory.
 */
final class Operands {

    private static final ThreadLocal<Operands> OF_THREAD = ThreadLocal.withInitial(Operands::new);

    /** S. */
    final MatrixView start = new MatrixView();
    /** A. */
    final MatrixView left = new MatrixView();
    /** B. */
    final MatrixView right = new MatrixView();
    /** C. */
    final MatrixView result = new MatrixView();
    /** The rows that the next layer reads. */
    double[] from = new double[0];
    /** The rows that the next layer writes. */
    double[] to = new double[0];

    private Operands() {}

    /** The operands of the calling thread. */
    static Operands ofThread() {
        return OF_THREAD.get();
    }

    /** The operands of the calling thread. Each of the two arrays has at least {@code rows * width} elements. */
    static Operands ofThread(int rows, int width) {
        Operands operands = OF_THREAD.get();
        if (operands.from.length < rows * width) {
            operands.from = new double[rows * width];
            operands.to = new double[rows * width];
        }
        return operands;
    }

    /** Exchanges the two arrays, so that the next layer reads the rows that were just written. */
    void swap() {
        double[] swapped = from;
        from = to;
        to = swapped;
    }
}
