// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.env.VectorStep;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.NdArray;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/** Turns a number of a Discrete space into a row with a 1 in the number's column, counted from start, and else 0. */
final class OneHotEncoder implements Encoder {

    private final DiscreteSpace space;
    private final int size;
    private final long start;

    OneHotEncoder(DiscreteSpace space) {
        this.space = space;
        this.size = Math.toIntExact(space.n());
        this.start = space.start();
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean isContinuous() {
        return false;
    }

    /** The only one. */
    @Override
    public int element(int column) {
        return 0;
    }

    @Override
    public void encode(Object observations, int count, DMatrixRMaj out, int row) {
        NdArray numbers = (NdArray) observations;
        Arrays.fill(out.data, row * size, (row + count) * size, 0);
        for (int i = 0; i < count; i++) {
            out.data[(row + i) * size + (int) (numbers.getLong(i) - start)] = 1;
        }
    }

    @Override
    public void encodeStep(VectorStep step, int count, DMatrixRMaj out, int row) {
        int first = row * size;
        step.copyObservations(out.data, first, count);
        // From the last to the first, for the rows overwrite the numbers that they are made of.
        for (int i = count - 1; i >= 0; i--) {
            int choice = (int) ((long) out.data[first + i] - start);
            Arrays.fill(out.data, first + i * size, first + (i + 1) * size, 0);
            out.data[first + i * size + choice] = 1;
        }
    }

    @Override
    public Encoder copy() {
        return new OneHotEncoder(space);
    }
}
