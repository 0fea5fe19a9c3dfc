// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

/** Memory that one call of {@link Network#backward} or {@link Network#tangent} needs for itself; grows as needed. */
public final class Scratch {

    double[] left = new double[0];
    double[] right = new double[0];

    void reserve(int rows, int width) {
        if (left.length < rows * width) {
            left = new double[rows * width];
            right = new double[rows * width];
        }
    }

    void swap() {
        double[] swapped = left;
        left = right;
        right = swapped;
    }
}
