// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import org.ejml.data.DMatrixRMaj;

/**
 * Turns the observations of one space into rows of numbers. An encoder may be made of others, whose rows it takes apart
 * or puts together. Each thread needs one of its own, and none allocates memory from step to step.
 */
public interface Encoder {

    /** Numbers per encoded observation. */
    int size();

    /** Whether observations are quantities with a scale, which running statistics can normalise. */
    boolean isContinuous();

    /** The element of an observation, in row-major order, that column {@code column} of its row is made from. */
    int element(int column);

    /** The elements that are taken of an observation, rising; empty for all. */
    default int[] observed() {
        return new int[0];
    }

    /**
     * Encodes observations.
     *
     * @param observations one or several, without or with a first axis that counts them, as {@link VectorReset#batch}
     *     has them; not modified
     * @param count how many there are
     * @param out [rows][size]; the rows {@code row}, ..., {@code row + count - 1} are overwritten
     */
    void encode(Object observations, int count, DMatrixRMaj out, int row);

    /**
     * Encodes the observations of a step likewise.
     *
     * @param count environments in the step
     */
    void encodeStep(VectorStep step, int count, DMatrixRMaj out, int row);

    /** An encoder that does the same, for another thread. */
    Encoder copy();
}
