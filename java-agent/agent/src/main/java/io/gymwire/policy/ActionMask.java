// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * Which choices a state allows: columns of the observation, one for each logit, that are 0 for a choice which is not
 * allowed and 1 for one which is. As the mask is a part of the observation, it stays with its step.
 *
 * <p>The logits of forbidden choices become {@link #FORBIDDEN}. Their probability is exactly 0 then, so sampling,
 * entropy, divergence, gradient and Fisher products are those of the distribution over what is allowed.
 */
public final class ActionMask {

    /** Of policies that may always choose everything. */
    public static final ActionMask NONE = new ActionMask(0);

    /** So low that exp underflows to 0 beside any other logit, and yet finite: 0 times it is 0. */
    private static final double FORBIDDEN = -1e30;

    private final int column;
    private final int[] choices;

    private ActionMask(int column, int... choices) {
        this.column = column;
        this.choices = choices;
    }

    /**
     * A mask.
     *
     * @param choices of each number of an action, in the order of the logits; not modified
     * @param column the first one of the mask in an observation
     * @param columns how many there are
     * @throws IllegalArgumentException unless there is one for each choice
     */
    public static ActionMask of(int[] choices, int column, int columns) {
        int logits = Arrays.stream(choices).sum();
        if (columns != logits) {
            throw new IllegalArgumentException("the action mask has " + columns + " numbers, and actions have " + logits
                    + " choices; a mask has one number for each of them");
        }
        return new ActionMask(column, choices.clone());
    }

    /** Lowers the logits of what the observations of the rows {@code from}, ..., {@code to - 1} do not allow. */
    void apply(DMatrixRMaj observations, DMatrixRMaj logits, int from, int to) {
        if (choices.length == 0) {
            return;
        }
        for (int row = from; row < to; row++) {
            int mask = row * observations.numCols + column;
            int start = row * logits.numCols;
            for (int j = 0; j < logits.numCols; j++) {
                if (observations.data[mask + j] == 0) {
                    logits.data[start + j] = FORBIDDEN;
                }
            }
        }
    }

    /**
     * Whether an observation allows a choice.
     *
     * @param choice counted over all numbers of an action, as the logits are
     */
    public boolean allows(DMatrixRMaj observations, int row, int choice) {
        return choices.length == 0 || observations.data[row * observations.numCols + column + choice] != 0;
    }

    /**
     * Checks the mask of one observation.
     *
     * @throws IllegalArgumentException if it holds another number than 0 and 1, or allows nothing
     */
    public void check(DMatrixRMaj observations, int row) {
        int first = row * observations.numCols + column;
        for (int number = 0; number < choices.length; number++) {
            boolean any = false;
            for (int j = first; j < first + choices[number]; j++) {
                double allowed = observations.data[j];
                if (allowed != 0 && allowed != 1) {
                    throw new IllegalArgumentException(
                            "an action mask that holds " + allowed + "; a mask's numbers are 0 and 1");
                }
                any |= allowed == 1;
            }
            if (!any) {
                throw new IllegalArgumentException("an action mask that allows no choice"
                        + (choices.length == 1 ? "" : " for element " + number + " of the action"));
            }
            first += choices[number];
        }
    }
}
