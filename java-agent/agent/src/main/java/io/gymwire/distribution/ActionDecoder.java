// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ActionBuffer;
import io.gymwire.env.space.Leaves;
import io.gymwire.env.space.Space;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/**
 * A decoder that turns a policy's actions, which are rows of numbers, into an environment's actions. The learner uses
 * the rows as they were drawn, not the decoded actions.
 */
public final class ActionDecoder {

    private final Space space;
    private final List<PartDecoder> parts;
    private final int size;

    /** @param parts one decoder for each of the space's {@link Leaves} */
    ActionDecoder(Space space, List<PartDecoder> parts) {
        this.space = space;
        this.parts = List.copyOf(parts);
        this.size = parts.stream().mapToInt(PartDecoder::size).sum();
    }

    /** The space of one environment's action. */
    public Space space() {
        return space;
    }

    /**
     * Decodes the actions of {@code count} environments.
     *
     * @param actions [rows][action size]; the rows {@code row}, ..., {@code row + count - 1} are read; not modified
     * @param batch the decoded actions of {@code count} environments; overwritten
     */
    public void decode(DMatrixRMaj actions, int row, int count, ActionBuffer batch) {
        int column = 0;
        for (int leaf = 0; leaf < parts.size(); leaf++) {
            PartDecoder part = parts.get(leaf);
            for (int i = 0; i < count; i++) {
                part.decode(actions.data, (row + i) * size + column, batch, leaf, i * part.size());
            }
            column += part.size();
        }
    }

    /**
     * Decodes the actions of {@code count} environments into a new batch.
     *
     * @return the batch of environment actions
     */
    public Object decode(DMatrixRMaj actions, int row, int count) {
        ActionBuffer batch = new ActionBuffer(space, count);
        decode(actions, row, count, batch);
        return batch.toBatch();
    }
}
