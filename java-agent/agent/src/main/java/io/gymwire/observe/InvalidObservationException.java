// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

/** Thrown when an observation has an element that is NaN or too large, or a choice that its space does not contain. */
public final class InvalidObservationException extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final int index;

    InvalidObservationException(int index, String what) {
        super(what);
        this.index = index;
    }

    /** The index of the observation among the observations that were encoded together. */
    public int index() {
        return index;
    }
}
