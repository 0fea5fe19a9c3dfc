// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

import io.gymwire.linalg.MatrixView;

/**
 * The views of a product C = S + A B that a thread computes, set anew for each product. One set for each thread, so
 * that no product allocates memory.
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

    private Operands() {}

    /** Those of the calling thread. */
    static Operands ofThread() {
        return OF_THREAD.get();
    }
}
