// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.update.Surrogate;

/**
 * One step length that a line search tried.
 *
 * @param fraction shrink^j, of the full step
 * @param point the values there
 * @param gain L there - L(theta_old)
 * @param expectedGain g'(theta - theta_old), what the gradient promises
 */
public record LineSearchTry(double fraction, Surrogate.Point point, double gain, double expectedGain, Verdict verdict) {

    /** Whether the step was taken, or else why not. */
    public enum Verdict {
        ACCEPTED("taken"),
        BEYOND_DELTA("refused: the KL divergence is beyond delta"),
        NO_GAIN("refused: the surrogate does not gain"),
        TOO_LITTLE_GAIN("refused: the surrogate gains too little of what the gradient promises"),
        NOT_FINITE("refused: a value is not finite");

        private final String sentence;

        Verdict(String sentence) {
            this.sentence = sentence;
        }

        /** The verdict, for people. */
        public String sentence() {
            return sentence;
        }
    }
}
