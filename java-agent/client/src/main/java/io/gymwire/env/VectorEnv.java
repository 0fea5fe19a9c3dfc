// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.Batches;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * A vector of n &gt;= 1 copies of one environment that step together. One thread uses it at a time; several vectors may
 * each have a step in flight at once, so that one simulates while the actions of another are computed. Every method may
 * throw an {@link EnvironmentException}.
 */
public interface VectorEnv extends AutoCloseable {
    /** The id that the environments were made by. */
    String envId();

    /** The specification in force, a changed limit of steps included. */
    EnvironmentSpec spec();

    /** The number of environments, n. */
    int numEnvs();

    /** What happens when an episode ends. */
    AutoresetMode autoresetMode();

    /** What the environments say about themselves, for example {@code render_modes} and {@code render_fps}. */
    default Map<String, Object> metadata() {
        return Map.of();
    }

    /**
     * The version of each Python distribution that defines the environments, by name; empty unless
     * {@link MakeOptions#withDistributions} asked for it.
     */
    default Map<String, String> distributions() {
        return Map.of();
    }

    /** The render mode in force; empty if nothing is drawn. */
    default Optional<String> renderMode() {
        return Optional.empty();
    }

    /** The space of one environment's observation. */
    Space singleObservationSpace();

    /** The space of one environment's action. */
    Space singleActionSpace();

    /** Starts new episodes. */
    VectorReset reset(ResetOptions options);

    /** Starts a new episode in every environment; the random generators go on (at first: unpredictable ones). */
    default VectorReset reset() {
        return reset(ResetOptions.none());
    }

    /**
     * Starts a new episode in every environment with random generators of known seeds: environment i gets
     * {@code seed + i}.
     *
     * @param seed not negative, 0 is a seed
     */
    default VectorReset reset(long seed) {
        return reset(ResetOptions.seeded(seed));
    }

    /** Does what {@link #reset(long)} does, with a seed of up to 128 bits, as Gymnasium draws them. */
    default VectorReset reset(BigInteger seed) {
        return reset(ResetOptions.none().withSeeds(Seeds.from(seed)));
    }

    /**
     * Starts a new episode in every environment, each with a seed of its own.
     *
     * @param seeds one seed per environment, not negative, 0 is a seed; see {@link #reset(long)} for a single number
     */
    default VectorReset reset(long... seeds) {
        return reset(ResetOptions.none().withSeeds(Seeds.each(seeds)));
    }

    /**
     * Starts a new episode in some environments, in the mode {@link AutoresetMode#DISABLED}; the others repeat their
     * last observation.
     *
     * @param which n flags, at least one of them true
     */
    default VectorReset reset(boolean[] which) {
        return reset(ResetOptions.none().withWhich(which));
    }

    /**
     * Sends one action per environment and returns at once. Every call must be followed by one of
     * {@link #receiveStep}.
     *
     * @param actions the actions batched along a first axis of length n, of the single action space's dtype
     */
    void sendStep(NdArray actions);

    /**
     * Sends actions of any space and returns at once, as {@link #sendStep} does.
     *
     * @param actions the actions, batched by the single action space; see {@link Batches}
     */
    default void sendBatch(Object actions) {
        if (!(actions instanceof NdArray array)) {
            throw cannot("step actions that are no array");
        }
        sendStep(array);
    }

    /** Waits for the answer to the last {@link #sendStep}. */
    VectorStep receiveStep();

    /** Sends one action per environment and waits for the answer. */
    default VectorStep step(NdArray actions) {
        sendStep(actions);
        return receiveStep();
    }

    /**
     * Prepares to step again and again with actions that {@code driver} chooses: for action spaces whose members are
     * arrays, and for a Dict or Tuple of such.
     *
     * @return the loop, which may be run any number of times
     */
    default StepLoop loop(StepDriver driver) {
        return new BlockingStepLoop(this, driver);
    }

    /**
     * Steps with actions of any space, given one by one.
     *
     * @param actions one member of the single action space per environment; a number does for a Discrete space, and a
     *     double[] for a Box
     */
    default VectorStep stepEach(List<?> actions) {
        throw cannot("step actions that are given one by one");
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
        throw new UnsupportedOperationException(
                envId() + ": a batch of actions of " + singleActionSpace() + " is no array; use Batches.concatenate");
    }

    /** Draws every environment; see {@link Env#render} for what there is per environment. */
    default List<Object> render() {
        throw cannot("be drawn");
    }

    /** Takes down the whole state of every environment: one snapshot for each. */
    default List<Snapshot> snapshots() {
        throw cannot("be taken down");
    }

    /**
     * Puts a state into every environment. It may come from any vector, or {@link Env}, whose environments were made
     * alike.
     *
     * @param snapshots one for each environment
     * @return the observations that stood when the snapshots were taken, and the seeds; no infos and no outputs
     */
    default VectorReset restore(List<Snapshot> snapshots) {
        throw cannot("be restored");
    }

    /** Calls a method of every environment and returns the results; see {@link Env#call}. */
    default List<Object> call(String name, Object... arguments) {
        throw cannot("be called");
    }

    /** An attribute of every environment; see {@link Env#getAttribute}. */
    default List<Object> getAttribute(String name) {
        throw cannot("be asked for attributes");
    }

    /**
     * Sets an attribute of every environment; see {@link Env#setAttribute}.
     *
     * @param values one value per environment
     */
    default void setAttribute(String name, List<?> values) {
        throw cannot("be given attributes");
    }

    /** Closes the environments; closing twice is allowed. */
    @Override
    void close();

    private UnsupportedOperationException cannot(String what) {
        return new UnsupportedOperationException(
                envId() + " cannot " + what + " in a " + getClass().getSimpleName());
    }
}
