// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.env.VectorStep;
import org.ejml.data.DMatrixRMaj;

/** Takes some columns of another encoder's rows. */
final class SelectingEncoder implements Encoder {

    private final Encoder whole;
    private final int[] columns; // rising
    private final DMatrixRMaj rows; // [count][whole.size()], grows as needed

    /**
     * A selection.
     *
     * @param columns to take, rising; not modified
     */
    SelectingEncoder(Encoder whole, int... columns) {
        this.whole = whole;
        this.columns = columns.clone();
        this.rows = new DMatrixRMaj(0, whole.size());
    }

    @Override
    public int size() {
        return columns.length;
    }

    @Override
    public boolean isContinuous() {
        return whole.isContinuous();
    }

    @Override
    public int element(int column) {
        return whole.element(columns[column]);
    }

    @Override
    public int[] observed() {
        return columns.clone();
    }

    @Override
    public void encode(Object observations, int count, DMatrixRMaj out, int row) {
        rows.reshape(count, whole.size());
        whole.encode(observations, count, rows, 0);
        take(count, out, row);
    }

    @Override
    public void encodeStep(VectorStep step, int count, DMatrixRMaj out, int row) {
        rows.reshape(count, whole.size());
        whole.encodeStep(step, count, rows, 0);
        take(count, out, row);
    }

    @Override
    public Encoder copy() {
        return new SelectingEncoder(whole.copy(), columns);
    }

    private void take(int count, DMatrixRMaj out, int row) {
        int width = rows.numCols;
        int size = columns.length;
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < size; j++) {
                out.data[(row + i) * size + j] = rows.data[i * width + columns[j]];
            }
        }
    }
}
