// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;
import io.gymwire.env.space.DiscreteSpace;
import org.ejml.data.DMatrixRMaj;

/**
 * Turns indices, one in each row, into the actions of a Discrete space, which begin at its start.
 *
 * @param space the action space
 */
record IndexDecoder(DiscreteSpace space) implements ActionDecoder {

    @Override
    public void decode(DMatrixRMaj actions, int row, int count, ActionBuffer batch) {
        for (int i = 0; i < count; i++) {
            batch.put(i, space.start() + (long) actions.data[row + i]);
        }
    }
}
