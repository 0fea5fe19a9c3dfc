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

/**
 * Turns observations into rows of numbers: a Box is flattened, and some or all of its elements taken; a Discrete
 * becomes a one-hot row. Each thread needs one of its own.
 */
public final class ObservationEncoder {

    private final Space space;
    private final int size;
    private final int[] observed; // [size] of a Box, rising; empty for all of its elements
    private final int elements; // of an observation
    private double[] whole = new double[0]; // the elements of a batch that some are taken of

    /**
     * An encoder of one environment's observation space.
     *
     * @param observed elements of a Box to take, in row-major order, rising; empty for all
     * @throws IllegalArgumentException for a space that has no such rows or no such elements
     */
    public ObservationEncoder(Space space, int... observed) {
        this.space = space;
        this.observed = observed.clone();
        if (space instanceof BoxSpace box) {
            this.elements = box.size();
            if (observed.length > 0 && observed[observed.length - 1] >= elements) {
                throw new IllegalArgumentException("observe asks for element " + observed[observed.length - 1]
                        + ", but an observation has the elements 0 to " + (elements - 1) + "; choose among these");
            }
            this.size = observed.length > 0 ? observed.length : elements;
        } else if (space instanceof DiscreteSpace discrete) {
            if (observed.length > 0) {
                throw new IllegalArgumentException(
                        "observe chooses elements of a Box, but the observation space is " + space + "; leave it out");
            }
            this.elements = 1;
            this.size = Math.toIntExact(discrete.n());
        } else {
            throw new IllegalArgumentException("the observation space is " + space
                    + ", but the agent reads Box and Discrete; choose another environment or wrap it to"
                    + " flatten its observations");
        }
    }

    /** An encoder that does the same, for another thread. */
    public ObservationEncoder copy() {
        return new ObservationEncoder(space, observed);
    }

    /** Numbers per encoded observation. */
    public int size() {
        return size;
    }

    /** The elements of a Box that are taken, rising; empty for all. */
    public int[] observed() {
        return observed.clone();
    }

    /** The element of an observation that column {@code column} of its row is made from. */
    int element(int column) {
        return observed.length > 0 ? observed[column] : column;
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
        } else if (observed.length == 0) {
            observations.copyTo(out.data, row * size);
        } else {
            reserve(count);
            observations.copyTo(whole, 0);
            take(count, out, row);
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
        } else if (observed.length == 0) {
            step.copyObservations(out.data, row * size, count * size);
        } else {
            reserve(count);
            step.copyObservations(whole, 0, count * elements);
            take(count, out, row);
        }
    }

    private void reserve(int count) {
        if (whole.length < count * elements) {
            whole = new double[count * elements];
        }
    }

    private void take(int count, DMatrixRMaj out, int row) {
        for (int i = 0; i < count; i++) {
            for (int j = 0; j < size; j++) {
                out.data[(row + i) * size + j] = whole[i * elements + observed[j]];
            }
        }
    }
}
