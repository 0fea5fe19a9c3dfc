// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/**
 * One environment, with Gymnasium's habits: reset, step until the episode ended, reset again. Observations and actions
 * are objects of the spaces: an {@link NdArray} for a Box, a Map for a Dict and so on. One thread uses it at a time.
 * Every method may throw an {@link EnvironmentException}.
 */
public interface Env extends AutoCloseable {
    /** The id that the environment was made by. */
    String envId();

    /** The specification in force, a changed limit of steps included. */
    EnvironmentSpec spec();

    /** What the environment says about itself, for example {@code render_modes} and {@code render_fps}. */
    Map<String, Object> metadata();

    /** The render mode in force; empty if nothing is drawn. */
    Optional<String> renderMode();

    /** The space of observations. */
    Space observationSpace();

    /** The space of actions. */
    Space actionSpace();

    /**
     * Starts a new episode.
     *
     * @param seed the random generator's seed, from 0 to {@link Seeds#MAX}; empty lets the generator go on (at first:
     *     from an unpredictable state)
     * @param options the options of the environment's reset, with values as in {@link MakeOptions#withKwargs}
     */
    EnvReset reset(Optional<BigInteger> seed, Map<String, Object> options);

    /** Starts a new episode; the random generator goes on. */
    default EnvReset reset() {
        return reset(Optional.empty(), Map.of());
    }

    /** Starts a new episode with a random generator of a known seed, not negative. */
    default EnvReset reset(long seed) {
        return reset(BigInteger.valueOf(seed));
    }

    /** Does what {@link #reset(long)} does, with a seed of up to 128 bits, as Gymnasium draws them. */
    default EnvReset reset(BigInteger seed) {
        return reset(Optional.of(seed), Map.of());
    }

    /**
     * Acts once.
     *
     * @param action a member of the action space; a number does for a Discrete space, and a double[] for a Box
     */
    EnvStep step(Object action);

    /**
     * Draws the environment.
     *
     * @return by render mode: an NdArray of uint8 [height, width, 3] for {@code rgb_array}, a String for {@code ansi},
     *     a List of these for the {@code _list} modes, null for {@code human}
     */
    Object render();

    /** Takes down the whole state, this side's wrappers included. */
    Snapshot snapshot();

    /**
     * Puts a state into the environment, which must have been made with the same arguments.
     *
     * @return the observation that stood when the snapshot was taken, and the seed; no info
     */
    EnvReset restore(Snapshot snapshot);

    /**
     * Calls a method of the environment, if the server's operator allows it.
     *
     * @param name looked up through the server's wrappers; it must not begin with an underscore
     * @param arguments with values as in {@link MakeOptions#withKwargs}
     */
    Object call(String name, Object... arguments);

    /** An attribute of the environment, if the server's operator allows it. */
    Object getAttribute(String name);

    /** Sets an attribute of the environment, if the server's operator allows it. */
    void setAttribute(String name, Object value);

    /** Closes the environment; closing twice is allowed. */
    @Override
    void close();
}
