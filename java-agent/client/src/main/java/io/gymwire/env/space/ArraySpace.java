// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

/** A space whose members are arrays of one dtype and shape: Box, Discrete, MultiDiscrete and MultiBinary. */
public sealed interface ArraySpace extends Space permits BoxSpace, DiscreteSpace, MultiDiscreteSpace, MultiBinarySpace {
    /** The type of a member's elements. */
    DType dtype();

    /** A copy of a member's shape, the length of each axis. It is empty for a single number. */
    int[] shape();

    /** The number of elements of a member. */
    default int size() {
        return NdArray.size(shape());
    }
}
