// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * A vector of n &gt;= 1 copies of one environment that step together. One thread uses it at a time; several vectors may
 * each have a step in flight at once, so that one simulates while the actions of another are computed. Every method may
 * throw an {@link EnvironmentException}.
 */
public interface VectorEnv extends AutoCloseable {
    /** Returns the id that the environments were made by. */
    String environmentId();

    /** Returns the specification in force, a changed limit of steps included. */
    EnvironmentSpec spec();

    /** Returns n. */
    int numEnvs();

    /** Says what happens when an episode ends. */
    AutoresetMode autoresetMode();

    /** Returns the space of one environment's observation. */
    Space singleObservationSpace();

    /** Returns the space of one environment's action. */
    Space singleActionSpace();

    /** Starts a new episode in every environment; the random generators go on (at first: unpredictable ones). */
    VectorReset reset();

    /**
     * Starts a new episode in every environment with random generators of known seeds.
     *
     * @param seeds one seed per environment, not negative, 0 is a seed
     */
    VectorReset reset(long... seeds);

    /**
     * Starts a new episode in some environments, in the mode {@link AutoresetMode#DISABLED}; the others repeat their
     * last observation.
     *
     * @param which n flags, at least one of them true
     */
    VectorReset reset(boolean[] which);

    /**
     * Sends one action per environment and returns at once. Every call must be followed by one of
     * {@link #receiveStep}.
     *
     * @param actions the actions batched along a first axis of length n, of the single action space's dtype
     */
    void sendStep(NdArray actions);

    /** Waits for the answer to the last {@link #sendStep}. */
    VectorStep receiveStep();

    /** Sends one action per environment and waits for the answer. */
    default VectorStep step(NdArray actions) {
        sendStep(actions);
        return receiveStep();
    }

    /** Draws one action per environment at random, batched. */
    default NdArray sampleActions(RandomGenerator random) {
        List<Object> actions = new ArrayList<>(numEnvs());
        for (int env = 0; env < numEnvs(); env++) {
            actions.add(singleActionSpace().sample(random));
        }
        if (Batches.concatenate(singleActionSpace(), actions) instanceof NdArray batch) {
            return batch;
        }
        throw new UnsupportedOperationException(environmentId() + ": a batch of actions of " + singleActionSpace()
                + " is no array; use Batches.concatenate");
    }

    /** Closes the environments; closing twice is allowed. */
    @Override
    void close();
}
