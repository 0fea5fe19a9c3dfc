// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.policy;

/** Layer sizes from their parts. */
final class Shapes {

    private Shapes() {}

    static int[] layers(int input, int[] hidden, int output) {
        int[] sizes = new int[hidden.length + 2];
        sizes[0] = input;
        System.arraycopy(hidden, 0, sizes, 1, hidden.length);
        sizes[sizes.length - 1] = output;
        return sizes;
    }
}
