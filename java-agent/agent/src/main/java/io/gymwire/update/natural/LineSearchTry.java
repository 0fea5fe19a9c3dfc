// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.natural;

import io.gymwire.update.Surrogate;

/**
 * One step length that a line search tried.
 *
 * @param fraction shrink^j, the fraction of the full step; j is the number of earlier tries in the search
 * @param point the surrogate L, the divergence and the entropy at the end of the tried step, where the parameters are
 *     theta
 * @param gain L(theta) - L(theta_old)
 * @param expectedGain g'(theta - theta_old), the gain that the gradient g predicts; ' is the transpose
 */
public record LineSearchTry(double fraction, Surrogate.Point point, double gain, double expectedGain, Verdict verdict) {

    /** The decision about the step, with the reason. */
    public enum Verdict {
        ACCEPTED("taken"),
        BEYOND_DELTA("rejected: the KL divergence is larger than delta"),
        NO_GAIN("rejected: the surrogate does not increase"),
        TOO_LITTLE_GAIN("rejected: the surrogate gains too little, compared with the gain that the gradient predicts"),
        NOT_FINITE("rejected: a value is not finite");

        private final String sentence;

        Verdict(String sentence) {
            this.sentence = sentence;
        }

        /** The decision and its reason, as a text for people. */
        public String sentence() {
            return sentence;
        }
    }
}
