// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

import io.gymwire.linalg.MatrixView;

/**
 * What a thread computes a network's products in: the views of a product C = S + A B, set anew for each, and room for
 * intermediate results. One set for each thread, so that no product allocates memory.
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
    /** The rows that a sweep goes on from. */
    double[] from = new double[0];
    /** The rows that it writes next. */
    double[] to = new double[0];

    private Operands() {}

    /** Those of the calling thread. */
    static Operands ofThread() {
        return OF_THREAD.get();
    }

    /** Those of the calling thread, with room for a sweep over so many rows of such a width. */
    static Operands ofThread(int rows, int width) {
        Operands operands = OF_THREAD.get();
        if (operands.from.length < rows * width) {
            operands.from = new double[rows * width];
            operands.to = new double[rows * width];
        }
        return operands;
    }

    /** Goes on from the rows just written. */
    void swap() {
        double[] swapped = from;
        from = to;
        to = swapped;
    }
}
