// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.random.RandomGenerator;

/**
 * A space that this version of Gymwire cannot drive. It stands in for the real one so that an environment can be
 * described; using it says what is missing.
 *
 * @param kind the name of Gymnasium's class, for example {@code MultiBinary}
 */
public record UnsupportedSpace(String kind) implements Space {
    @Override
    public boolean contains(NdArray value) {
        throw unsupported();
    }

    @Override
    public NdArray sample(RandomGenerator random) {
        throw unsupported();
    }

    @Override
    public String toString() {
        return kind + "(...)";
    }

    private UnsupportedOperationException unsupported() {
        return new UnsupportedOperationException("spaces of kind " + kind + " are not supported by this version of "
                + "Gymwire; use an environment whose spaces are Box or Discrete");
    }
}
