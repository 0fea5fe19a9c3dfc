// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

/**
 * Where a distribution finds its part of the arrays that the factors of a product share.
 *
 * @param output its first column of the network's outputs
 * @param action its first number of an action
 * @param own its first parameter among the product's own
 */
record Place(int output, int action, int own) {

    /** The place of a distribution that is no factor of a product. */
    static final Place FIRST = new Place(0, 0, 0);

    /** The place after a factor that has this one. */
    Place behind(Distribution factor) {
        return new Place(output + factor.outputSize(), action + factor.actionSize(), own + factor.parameterCount());
    }
}
