// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

/**
 * The place of a distribution in the arrays that the factors of a product share.
 *
 * @param output the index of the distribution's first column in the network's outputs
 * @param action the index of the distribution's first element in an action
 * @param own the index of the distribution's first own parameter among the product's own parameters, which are the
 *     parameters outside the network, such as {@code log_std}
 */
record FactorPosition(int output, int action, int own) {

    /** The place of a product's first factor, and of a distribution that is not a factor of a product. */
    static final FactorPosition FIRST = new FactorPosition(0, 0, 0);

    /** The position of the next factor, if {@code factor} has this position. */
    FactorPosition behind(Distribution factor) {
        return new FactorPosition(
                output + factor.outputSize(), action + factor.actionSize(), own + factor.parameterCount());
    }
}
