// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.env.VectorStep;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.NdArray;
import org.ejml.data.DMatrixRMaj;

/** Flattens the observations of a Box in row-major order. */
final class BoxEncoder implements Encoder {

    private final BoxSpace space;
    private final int size;

    BoxEncoder(BoxSpace space) {
        this.space = space;
        this.size = space.size();
    }

    @Override
    public int size() {
        return size;
    }

    @Override
    public boolean isContinuous() {
        return true;
    }

    @Override
    public int element(int column) {
        return column;
    }

    @Override
    public void encode(Object observations, int count, DMatrixRMaj out, int row) {
        ((NdArray) observations).copyTo(out.data, row * size);
    }

    @Override
    public void encodeStep(VectorStep step, int count, DMatrixRMaj out, int row) {
        step.copyObservations(out.data, row * size, count * size);
    }

    @Override
    public Encoder copy() {
        return new BoxEncoder(space);
    }
}
