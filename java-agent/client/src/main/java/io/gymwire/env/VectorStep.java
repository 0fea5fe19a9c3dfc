// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.Leaves;
import io.gymwire.env.space.NdArray;
import java.util.List;
import java.util.Map;

/** The answer to one step of n environments. The index {@code env} goes from 0 to n - 1. */
public interface VectorStep {
    /** The observations from which the next actions are chosen, for array spaces: one array of shape [n, ...]. */
    NdArray observations();

    /** The observations from which the next actions are chosen, for any space; see {@link VectorReset#batch}. */
    default Object batch() {
        return observations();
    }

    /**
     * Writes {@link #observations}, as doubles, to a part of an array.
     *
     * @param destination the array; {@code length} elements, which begin at index {@code offset}, are overwritten
     * @throws IllegalArgumentException if the observations do not have {@code length} elements
     */
    default void copyObservations(double[] destination, int offset, int length) {
        copyObservations(0, destination, offset, length);
    }

    /**
     * Writes one array of the observations, as doubles, to a part of {@code destination}.
     *
     * @param leaf the index of the array to write, among the {@link Leaves} of the space; it is 0 for array spaces
     */
    default void copyObservations(int leaf, double[] destination, int offset, int length) {
        copy(observations(), destination, offset, length);
    }

    /** Writes an array of {@code length} elements, as doubles, to a part of {@code destination}. */
    static void copy(NdArray array, double[] destination, int offset, int length) {
        if (array.size() != length) {
            throw new IllegalArgumentException("a step's observations are " + array.size() + " numbers, not " + length);
        }
        array.copyTo(destination, offset);
    }

    /** An environment's reward. */
    double reward(int env);

    /** Whether an environment's episode reached a terminal state. No rewards follow, so the state's value is zero. */
    boolean terminated(int env);

    /**
     * Whether an environment's episode was cut off from outside, for example by a time limit. {@link #terminated} can
     * also be true.
     */
    boolean truncated(int env);

    /**
     * Whether an environment's observation is the first of a new episode. If it is the first, and the autoreset mode is
     * NEXT_STEP, the environment ignored the action.
     */
    boolean wasReset(int env);

    /**
     * The last observation of an episode that ended in this step, for array spaces, with the dtype of the space. It
     * exists if and only if the autoreset mode is SAME_STEP and the episode was terminated or truncated.
     *
     * @throws IllegalStateException if it does not exist
     */
    NdArray finalObservation(int env);

    /**
     * The same as {@link #finalObservation}, for any space. If {@link MakeOptions#withEnvOutputs} requested exact
     * outputs, it has the types that the environment returned, for example a Long for a Discrete space.
     */
    default Object finalSample(int env) {
        return finalObservation(env);
    }

    /**
     * The info that belongs to {@link #finalObservation}; empty if no infos were requested.
     *
     * @throws IllegalStateException if there is no final observation
     */
    Map<String, Object> finalInfo(int env);

    /** The infos in the form of Gymnasium's vector environments; empty if none were requested. */
    Map<String, Object> infos();

    /** The infos that the server left out because they cannot be sent or batched: one entry for each key. */
    default List<OmittedInfo> omittedInfos() {
        return List.of();
    }

    /**
     * What one environment returned, with the exact types. If its episode ended in this step, and the autoreset mode is
     * SAME_STEP, the output has the observation and info of the new episode and the last reward of the old episode.
     *
     * @throws IllegalStateException unless {@link MakeOptions#withEnvOutputs} requested exact outputs
     */
    default EnvOutput output(int env) {
        throw new IllegalStateException("exact outputs were not requested; use MakeOptions.withEnvOutputs(true)");
    }

    /** Whether an environment's episode was terminated or truncated. */
    default boolean ended(int env) {
        return terminated(env) || truncated(env);
    }
}
