// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.random.RandomGenerator;

/** The set of values that an observation or an action of one environment may take. */
public sealed interface Space permits BoxSpace, DiscreteSpace, UnsupportedSpace {
    /** Says whether the value is a member: its dtype casts safely, its shape is the space's, all is within bounds. */
    boolean contains(NdArray value);

    /** Draws a member at random. */
    NdArray sample(RandomGenerator random);
}
