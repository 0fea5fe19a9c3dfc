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
 * A vector of n &gt;= 1 copies of one environment that step together. Only one thread may use a vector at a time. The
 * caller can send a step to each of several vectors: one vector simulates while the caller computes the actions of
 * another vector. Every method that sends a request can throw an {@link EnvironmentException}.
 */
public interface VectorEnv extends AutoCloseable {
    /** The id with which the environments were made. */
    String envId();

    /** The environments' specification, with the limit of steps that is in effect. */
    EnvironmentSpec spec();

    /** The number of environments, n. */
    int numEnvs();

    /** The behaviour when an episode ends. */
    AutoresetMode autoresetMode();

    /** The environments' metadata, for example {@code render_modes} and {@code render_fps}. */
    default Map<String, Object> metadata() {
        return Map.of();
    }

    /**
     * The version of each Python distribution (installed package) that defines the environments, by the distribution's
     * name. A module without a distribution is listed by its own name, with a hash instead of a version. If a module of
     * the environments belongs to an editable distribution, a hash follows the version. Empty unless {@link
     * MakeOptions#withDistributions} requested the versions.
     */
    default Map<String, String> distributions() {
        return Map.of();
    }

    /** The render mode; empty if the environments cannot render. */
    default Optional<String> renderMode() {
        return Optional.empty();
    }

    /** The space of one environment's observation. */
    Space singleObservationSpace();

    /** The space of one environment's action. */
    Space singleActionSpace();

    /** Starts new episodes. */
    VectorReset reset(ResetOptions options);

    /** Starts a new episode in every environment. The random generators continue, see {@link Seeds#none}. */
    default VectorReset reset() {
        return reset(ResetOptions.none());
    }

    /**
     * Starts a new episode in every environment and seeds the random generators: environment i gets the seed
     * {@code seed + i}.
     *
     * @param seed the first seed, at least 0
     */
    default VectorReset reset(long seed) {
        return reset(ResetOptions.seeded(seed));
    }

    /** Works as {@link #reset(long)}, with a seed of up to 128 bits. The seeds that Gymnasium draws have this size. */
    default VectorReset reset(BigInteger seed) {
        return reset(ResetOptions.none().withSeeds(Seeds.from(seed)));
    }

    /**
     * Starts a new episode in every environment, each with its own seed.
     *
     * @param seeds one seed per environment, at least 0; {@code reset(5)} calls {@link #reset(long)}, not this method
     */
    default VectorReset reset(long... seeds) {
        return reset(ResetOptions.none().withSeeds(Seeds.each(seeds)));
    }

    /**
     * Starts a new episode in some environments. This requires the mode {@link AutoresetMode#DISABLED}. For an
     * environment that is not reset, the result contains the environment's last observation.
     *
     * @param which n flags, at least one of them true
     */
    default VectorReset reset(boolean[] which) {
        return reset(ResetOptions.none().withWhich(which));
    }

    /**
     * Sends one action per environment and returns immediately. A call of {@link #receiveStep} must follow.
     *
     * @param actions the actions, batched along a first axis of length n, with the dtype of the single action space
     */
    void sendStep(NdArray actions);

    /**
     * Sends actions of any space and returns immediately, as {@link #sendStep} does.
     *
     * @param actions one batch with an action of {@link #singleActionSpace} for each environment; {@link Batches}
     *     explains batches
     */
    default void sendBatch(Object actions) {
        if (!(actions instanceof NdArray array)) {
            throw cannot("step with actions that are not an array");
        }
        sendStep(array);
    }

    /** Waits for the answer to the last {@link #sendStep} or {@link #sendBatch}. */
    VectorStep receiveStep();

    /** Sends one action per environment and waits for the answer. */
    default VectorStep step(NdArray actions) {
        sendStep(actions);
        return receiveStep();
    }

    /**
     * Prepares a loop of steps. The driver chooses the actions. The loop supports action spaces whose members are
     * arrays, and a Dict or Tuple of such spaces.
     *
     * @return the loop, which can run any number of times
     */
    default StepLoop loop(StepDriver driver) {
        return new BlockingStepLoop(this, driver);
    }

    /**
     * Steps with actions of any space, in a list with one action per environment.
     *
     * @param actions for each environment, a member of {@link #singleActionSpace}, or a value that
     *     {@link Batches#concatenate} converts into a member, such as a double[] for a Box
     */
    default VectorStep stepEach(List<?> actions) {
        throw cannot("step with a list of actions");
    }

    /**
     * Draws a batch of random actions, one per environment.
     *
     * @throws UnsupportedOperationException if such a batch is not an array, for example for a Dict space
     */
    default NdArray sampleActions(RandomGenerator random) {
        List<Object> actions = new ArrayList<>(numEnvs());
        for (int env = 0; env < numEnvs(); env++) {
            actions.add(singleActionSpace().sample(random));
        }
        if (Batches.concatenate(singleActionSpace(), actions) instanceof NdArray batch) {
            return batch;
        }
        throw new UnsupportedOperationException(
                envId() + ": an action batch of " + singleActionSpace() + " is not an array; use Batches.concatenate");
    }

    /** Renders every environment; see {@link Env#render} for the result of each environment. */
    default List<Object> render() {
        throw cannot("render");
    }

    /** Takes a snapshot of the whole state of each environment. */
    default List<Snapshot> snapshots() {
        throw cannot("take snapshots");
    }

    /**
     * Restores a snapshot in every environment. A snapshot can come from any vector that was made with the same
     * arguments and the same autoreset mode. In the mode {@link AutoresetMode#DISABLED} it can also come from an
     * {@link Env} that was made with the same arguments. Attributes that affect results and are not state must have the
     * same values too, for example attributes that {@link #setAttribute} has set. A snapshot from another server can be
     * restored only if both servers have the same versions of Gymnasium, MuJoCo, numpy and the C library, the same
     * first two numbers of Python's version, and processors of the same architecture with the same features.
     *
     * @param snapshots one for each environment
     * @return the observations at the time of the snapshots, and the seeds if they were requested. The infos and the
     *     outputs of this {@link VectorReset} are empty
     */
    default VectorReset restore(List<Snapshot> snapshots) {
        throw cannot("restore snapshots");
    }

    /** Calls a method of every environment and returns the results; see {@link Env#call}. */
    default List<Object> call(String name, Object... arguments) {
        throw cannot("call methods");
    }

    /** An attribute of every environment; see {@link Env#getAttribute}. */
    default List<Object> getAttribute(String name) {
        throw cannot("read attributes");
    }

    /**
     * Sets an attribute of every environment; see {@link Env#setAttribute}.
     *
     * @param values one value per environment
     */
    default void setAttribute(String name, List<?> values) {
        throw cannot("set attributes");
    }

    /** Closes the environments; closing twice is allowed. */
    @Override
    void close();

    private UnsupportedOperationException cannot(String what) {
        return new UnsupportedOperationException(envId() + ": a " + getClass().getSimpleName() + " cannot " + what);
    }
}
