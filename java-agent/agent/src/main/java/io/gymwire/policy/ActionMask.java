// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The mask says which choices a state allows. It is a part of the observation, so a rollout stores the mask with each
 * step. The mask has one column for each logit: 1 for an allowed choice, 0 for a forbidden choice.
 *
 * <p>The logits of forbidden choices become {@link #FORBIDDEN}, so that their probability is exactly 0. Sampling,
 * entropy, divergence, gradient and Fisher products are then computed for the distribution over the allowed choices.
 */
public final class ActionMask {

    /** The mask of a policy that may take every choice in every state. */
    public static final ActionMask NONE = new ActionMask(0);

    /**
     * The logit of a forbidden choice. If at least one choice is allowed, the softmax gives a forbidden choice the
     * probability 0. The value is not -infinity, because the entropy multiplies each probability by its logarithm, and
     * 0 * -infinity is NaN.
     */
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
     * @param choices for each element of an action, its number of choices, in the order of the logits; not modified
     * @param column the mask's first column in an observation
     * @param columns the number of the mask's columns
     * @throws IllegalArgumentException unless there is one column for each choice
     */
    public static ActionMask of(int[] choices, int column, int columns) {
        int logits = Arrays.stream(choices).sum();
        if (columns != logits) {
            throw new IllegalArgumentException("the action mask has " + columns + " numbers, but actions have " + logits
                    + " choices; a mask must have one number for each choice");
        }
        return new ActionMask(column, choices.clone());
    }

    /**
     * Writes FORBIDDEN into the logits of forbidden choices, in the rows {@code from}, ..., {@code to - 1}. Row i of
     * the observations contains the mask for row i of the logits.
     */
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
     * @param choice the index among the choices of all elements of an action, which is also the index of its logit
     */
    public boolean allows(DMatrixRMaj observations, int row, int choice) {
        return choices.length == 0 || observations.data[row * observations.numCols + column + choice] != 0;
    }

    /**
     * Checks the mask of one observation. An error message continues the caller's sentence "environment 3 gave ...".
     *
     * @throws IllegalArgumentException if the mask contains a number other than 0 and 1, or allows no choice for an
     *     element of the action
     */
    public void check(DMatrixRMaj observations, int row) {
        int first = row * observations.numCols + column;
        for (int number = 0; number < choices.length; number++) {
            boolean any = false;
            for (int j = first; j < first + choices[number]; j++) {
                double allowed = observations.data[j];
                if (allowed != 0 && allowed != 1) {
                    throw new IllegalArgumentException(
                            "an action mask that contains " + allowed + "; a mask's numbers are 0 and 1");
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
