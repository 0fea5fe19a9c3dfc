// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import org.ejml.data.DMatrixRMaj;

/** Turns a policy's actions, rows of numbers, into an environment's. The learner keeps the rows as they were drawn. */
public interface ActionDecoder {

    /** The space of one environment's action. */
    Space space();

    /**
     * Decodes the actions of {@code count} environments.
     *
     * @param actions [rows][action size]; the rows {@code row}, ..., {@code row + count - 1} are read; not modified
     * @param batch of {@code count} environments; overwritten
     */
    void decode(DMatrixRMaj actions, int row, int count, ActionBuffer batch);

    /**
     * Decodes likewise.
     *
     * @return the batch of environment actions, [count] and the space's shape
     */
    default NdArray decode(DMatrixRMaj actions, int row, int count) {
        ActionBuffer batch = new ActionBuffer(space(), count);
        decode(actions, row, count, batch);
        return batch.toArray();
    }
}
