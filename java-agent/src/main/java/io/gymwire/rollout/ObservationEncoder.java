// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.rollout;

import io.gymwire.env.BoxSpace;
import io.gymwire.env.DiscreteSpace;
import io.gymwire.env.NdArray;
import io.gymwire.env.Space;
import io.gymwire.env.VectorStep;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/** Turns observations into rows of numbers: a Box is flattened, a Discrete becomes a one-hot row. */
public final class ObservationEncoder {

    private final Space space;
    private final int size;

    /**
     * An encoder of one environment's observation space.
     *
     * @throws IllegalArgumentException for a space that has no such rows
     */
    public ObservationEncoder(Space space) {
        this.space = space;
        if (space instanceof BoxSpace box) {
            this.size = box.size();
        } else if (space instanceof DiscreteSpace discrete) {
            this.size = Math.toIntExact(discrete.n());
        } else {
            throw new IllegalArgumentException("the observation space is " + space
                    + ", but the agent reads Box and Discrete; choose another environment or wrap it to"
                    + " flatten its observations");
        }
    }

    /** Numbers per observation. */
    public int size() {
        return size;
    }

    /** Whether observations are quantities with a scale, which running statistics can normalise. */
    public boolean isContinuous() {
        return space instanceof BoxSpace;
    }

    /**
     * Encodes observations.
     *
     * @param observations one or several, without or with a first axis that counts them; not modified
     * @param count how many there are
     * @param out [rows][size]; the rows {@code row}, ..., {@code row + count - 1} are overwritten
     */
    public void encode(NdArray observations, int count, DMatrixRMaj out, int row) {
        if (space instanceof DiscreteSpace discrete) {
            Arrays.fill(out.data, row * size, (row + count) * size, 0);
            for (int i = 0; i < count; i++) {
                out.data[(row + i) * size + (int) (observations.getLong(i) - discrete.start())] = 1;
            }
        } else {
            observations.copyTo(out.data, row * size);
        }
    }

    /**
     * Encodes the observations of a step likewise.
     *
     * @param count environments in the step
     */
    void encode(VectorStep step, int count, DMatrixRMaj out, int row) {
        if (space instanceof DiscreteSpace discrete) {
            int first = row * size;
            step.copyObservations(out.data, first, count);
            // From the last to the first, for the rows overwrite the numbers that they are made of.
            for (int i = count - 1; i >= 0; i--) {
                int choice = (int) ((long) out.data[first + i] - discrete.start());
                Arrays.fill(out.data, first + i * size, first + (i + 1) * size, 0);
                out.data[first + i * size + choice] = 1;
            }
        } else {
            step.copyObservations(out.data, row * size, count * size);
        }
    }
}
