// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.Leaves;
import io.gymwire.env.space.NdArray;
import java.util.List;
import java.util.Map;

/** The answer to one step of n environments; {@code env} runs from 0 to n - 1. */
public interface VectorStep {
    /** The observations to choose the next actions from, for array spaces: batched along a first axis. */
    NdArray observations();

    /** The observations of any space to choose the next actions from; see {@link VectorReset#batch}. */
    default Object batch() {
        return observations();
    }

    /**
     * Writes {@link #observations}, as doubles, to a part of an array.
     *
     * @param destination takes {@code length} elements from {@code offset} on; modified
     * @throws IllegalArgumentException if the observations are not {@code length} numbers
     */
    default void copyObservations(double[] destination, int offset, int length) {
        copyObservations(0, destination, offset, length);
    }

    /**
     * Writes one of the arrays of the observations likewise.
     *
     * @param leaf its index among the {@link Leaves} of the space
     */
    default void copyObservations(int leaf, double[] destination, int offset, int length) {
        NdArray array = Leaves.arrays(batch()).get(leaf);
        if (array.size() != length) {
            throw new IllegalArgumentException("a step's observations are " + array.size() + " numbers, not " + length);
        }
        array.copyTo(destination, offset);
    }

    /** An environment's reward. */
    double reward(int env);

    /** Whether an episode reached a terminal state: the value of what follows is zero. */
    boolean terminated(int env);

    /** Whether an episode was cut off from outside, as by a time limit; it may be so together with terminated. */
    boolean truncated(int env);

    /** Whether an observation is the first of a new episode; in NEXT_STEP mode the action was ignored then. */
    boolean wasReset(int env);

    /**
     * The last observation of an episode that ended in this step, for array spaces. It exists exactly if the
     * mode is SAME_STEP and the environment terminated or was truncated.
     *
     * @throws IllegalStateException if it does not exist
     */
    NdArray finalObservation(int env);

    /** The same as {@link #finalObservation}, for any space. */
    default Object finalSample(int env) {
        return finalObservation(env);
    }

    /** The last info of an episode whose final observation exists; empty if no infos were asked for. */
    Map<String, Object> finalInfo(int env);

    /** The infos as Gymnasium's vector environments build them; empty if none were asked for. */
    Map<String, Object> infos();

    /** The infos that cannot travel and that the answer lacks, one entry for each key. */
    default List<OmittedInfo> omittedInfos() {
        return List.of();
    }

    /**
     * The exact answer of one environment; in SAME_STEP mode an ended one has the new episode's observation
     * and info beside the last reward of the old one.
     *
     * @throws IllegalStateException unless {@link MakeOptions#withEnvOutputs} asked for it
     */
    default EnvOutput output(int env) {
        throw new IllegalStateException("exact outputs were not asked for; make the environments withEnvOutputs(true)");
    }

    /** Whether an environment terminated or was truncated. */
    default boolean ended(int env) {
        return terminated(env) || truncated(env);
    }
}
