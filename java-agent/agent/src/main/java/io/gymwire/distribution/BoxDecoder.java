// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;
import io.gymwire.env.space.BoxSpace;

/**
 * A decoder for a Box. It clips a drawn number to [-1, 1] and rescales it to the bounds of its element. If an element
 * lacks a bound, or the distance between its bounds is not a finite double, the number is not rescaled. It is only
 * clipped at the bounds that the element has. In a Box of integers, each number is also rounded to the nearest integer.
 */
final class BoxDecoder implements PartDecoder {

    private final int size;
    private final double[] low; // [size], -infinity where there is no bound
    private final double[] high; // [size], +infinity where there is no bound
    private final boolean integer;

    BoxDecoder(BoxSpace space) {
        this.size = space.size();
        this.integer = space.dtype().isInteger();
        this.low = space.low();
        this.high = space.high();
        for (int i = 0; i < size; i++) {
            low[i] = space.isBoundedBelow(i) ? low[i] : Double.NEGATIVE_INFINITY;
            high[i] = space.isBoundedAbove(i) ? high[i] : Double.POSITIVE_INFINITY;
        }
    }

    @Override
    public int size() {
        return size;
    }

    /** For each element of an action, whether it is clipped to [-1, 1] and rescaled to the element's two bounds. */
    boolean[] clipped() {
        boolean[] clipped = new boolean[size];
        for (int i = 0; i < size; i++) {
            clipped[i] = isClipped(i);
        }
        return clipped;
    }

    @Override
    public void decode(double[] action, int from, ActionBuffer batch, int leaf, int index) {
        for (int i = 0; i < size; i++) {
            batch.put(leaf, index + i, rescale(action[from + i], i));
        }
    }

    private boolean isClipped(int element) {
        return Double.isFinite(high[element] - low[element]);
    }

    private double rescale(double action, int element) {
        double least = low[element];
        double greatest = high[element];
        double value = action;
        if (isClipped(element)) {
            double fraction = (Math.max(-1, Math.min(1, action)) + 1) / 2;
            value = least + fraction * (greatest - least);
        }
        return Math.max(least, Math.min(greatest, integer ? Math.rint(value) : value));
    }
}
