// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.rollout;

import io.gymwire.env.ActionBuffer;
import io.gymwire.env.BoxSpace;
import io.gymwire.env.DiscreteSpace;
import io.gymwire.env.NdArray;
import io.gymwire.env.Space;
import org.ejml.data.DMatrixRMaj;

/**
 * Turns a policy's actions into an environment's: an index is shifted by the Discrete space's start; a number is
 * clipped to [-1, 1] and rescaled to its bounds in the Box (to the nearest integer in a Box of integers), or passed on
 * where the Box has none. The learner keeps the unclipped number.
 */
public final class ActionDecoder {

    private final Space space;
    private final int size;
    private final double[] low; // [size] of a Box, -infinity where it has no bound
    private final double[] high; // [size] of a Box, +infinity where it has no bound
    private final boolean integer;

    /**
     * A decoder for one environment's action space.
     *
     * @throws IllegalArgumentException for a space that TRPO's policies cannot drive
     */
    public ActionDecoder(Space space) {
        this.space = space;
        if (space instanceof BoxSpace box) {
            this.size = box.size();
            this.integer = box.dtype().isInteger();
            this.low = box.low();
            this.high = box.high();
            for (int i = 0; i < size; i++) {
                low[i] = box.isBoundedBelow(i) ? low[i] : Double.NEGATIVE_INFINITY;
                high[i] = box.isBoundedAbove(i) ? high[i] : Double.POSITIVE_INFINITY;
            }
        } else if (space instanceof DiscreteSpace) {
            this.size = 1;
            this.integer = true;
            this.low = new double[0];
            this.high = new double[0];
        } else {
            throw new IllegalArgumentException("the action space is " + space
                    + ", but TRPO drives Discrete (categorical policy) and Box (Gaussian policy); choose"
                    + " another environment");
        }
    }

    /** Numbers per action of the policy. */
    public int size() {
        return size;
    }

    /** Of each number in an action, whether it is clipped to [-1, 1]: it has both bounds in a Box. */
    public boolean[] clipped() {
        boolean[] clipped = new boolean[size];
        for (int i = 0; i < low.length; i++) {
            clipped[i] = isClipped(i);
        }
        return clipped;
    }

    /**
     * Decodes the actions of {@code count} environments.
     *
     * @param actions [rows][size]; the rows {@code row}, ..., {@code row + count - 1} are read; not modified
     * @return the batch of environment actions, [count] and the space's shape
     */
    public NdArray decode(DMatrixRMaj actions, int row, int count) {
        ActionBuffer batch = new ActionBuffer(space, count);
        decode(actions, row, count, batch);
        return batch.toArray();
    }

    /**
     * Decodes likewise.
     *
     * @param batch of {@code count} environments; overwritten
     */
    public void decode(DMatrixRMaj actions, int row, int count, ActionBuffer batch) {
        if (space instanceof DiscreteSpace discrete) {
            for (int i = 0; i < count; i++) {
                batch.put(i, discrete.start() + (long) actions.data[row + i]);
            }
        } else {
            for (int i = 0; i < count * size; i++) {
                batch.put(i, rescale(actions.data[row * size + i], i % size));
            }
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
