// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.Batches;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;

/**
 * One environment, used as in Gymnasium: reset, step until the episode ends, reset again. Observations and actions are
 * members of the spaces: an {@link NdArray} for a Box, a Map for a Dict and so on. Only one thread may use an
 * environment at a time. Every method that sends a request can throw an {@link EnvironmentException}.
 */
public interface Env extends AutoCloseable {
    /** The id with which the environment was made. */
    String envId();

    /** The environment's specification, with the limit of steps that was set for this environment. */
    EnvironmentSpec spec();

    /** The environment's metadata, for example {@code render_modes} and {@code render_fps}. */
    Map<String, Object> metadata();

    /** The render mode; empty if the environment was made without a render mode. */
    Optional<String> renderMode();

    /** The space of observations. */
    Space observationSpace();

    /** The space of actions. */
    Space actionSpace();

    /**
     * Starts a new episode.
     *
     * @param seed the random generator's seed, from 0 to {@link Seeds#MAX}. If it is empty, the generator continues,
     *     but at the first reset it begins in an unpredictable state
     * @param options the options of the environment's reset, with values as in {@link MakeOptions#withKwargs}
     */
    EnvReset reset(Optional<BigInteger> seed, Map<String, Object> options);

    /** Starts a new episode without a seed: the random generator continues if this is not the first reset. */
    default EnvReset reset() {
        return reset(Optional.empty(), Map.of());
    }

    /** Starts a new episode and seeds the random generator; the seed must not be negative. */
    default EnvReset reset(long seed) {
        return reset(BigInteger.valueOf(seed));
    }

    /** Works as {@link #reset(long)}, with a seed of up to 128 bits. The seeds that Gymnasium draws have this size. */
    default EnvReset reset(BigInteger seed) {
        return reset(Optional.of(seed), Map.of());
    }

    /**
     * Applies one action.
     *
     * @param action a member of the action space, or a value that {@link Batches#concatenate} converts into a member,
     *     such as a double[] for a Box
     */
    EnvStep step(Object action);

    /**
     * Renders the environment.
     *
     * @return a value whose type depends on the render mode, for example an NdArray of uint8 [height, width, 3] for
     *     {@code rgb_array}, a String for {@code ansi}, a List of these for the {@code _list} modes, null for
     *     {@code human}
     */
    Object render();

    /** Takes a snapshot of the whole state, including the state of the wrappers on the client's side. */
    Snapshot snapshot();

    /**
     * Restores a snapshot. This environment must have been made with the same arguments as the snapshot's environment.
     *
     * @return the observation at the time of the snapshot, and the seed of the restored random generator. The seed can
     *     be empty. The info is always empty
     */
    EnvReset restore(Snapshot snapshot);

    /**
     * Calls a method of the environment, if the server's operator allows it.
     *
     * @param name the method's name, which must not begin with an underscore; the server looks it up in the wrappers,
     *     from the outermost one, and then in the environment
     * @param arguments the method's arguments, with values as in {@link MakeOptions#withKwargs}
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
