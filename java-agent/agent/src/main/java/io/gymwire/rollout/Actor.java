// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.distribution.DistributionInputs;
import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Activations;
import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.policy.Policy;
import org.ejml.data.DMatrixRMaj;

/**
 * Chooses actions for the current observations of N environments. Row n of the observations belongs to environment n. A
 * raw observation is normalised, the network computes its output, and an action is drawn from the distribution, or the
 * most probable action is taken. The action of a row does not depend on the rows that are computed together with it.
 */
public final class Actor {

    private final Policy policy;
    private final double[] theta;
    private final ObservationNormalizer normalizer;
    private final RandomStream[] random;
    private final long[] drawn;
    private final DMatrixRMaj raw; // [N][observation size]
    private final DMatrixRMaj normalized; // [N][observation size]
    private final Activations activations;
    private final DistributionInputs inputs;

    /**
     * An actor for N environments.
     *
     * @param theta the policy's parameters, not copied
     * @param random one stream per environment [N]
     */
    public Actor(Policy policy, double[] theta, ObservationNormalizer normalizer, RandomStream[] random) {
        this.policy = policy;
        this.theta = theta;
        this.normalizer = normalizer;
        this.random = random;
        this.drawn = new long[random.length];
        this.raw = new DMatrixRMaj(random.length, policy.network().inputSize());
        this.normalized = new DMatrixRMaj(random.length, policy.network().inputSize());
        this.activations = policy.network().activations(normalized);
        this.inputs = policy.inputs(theta, activations);
    }

    /** The current observations [N][observation size]; the caller writes them before {@link #act}. */
    public DMatrixRMaj raw() {
        return raw;
    }

    /**
     * The normalised observations [N][observation size]; {@link #act} and {@link #observe} write the rows of their
     * environments.
     */
    public DMatrixRMaj normalized() {
        return normalized;
    }

    /**
     * The number of actions drawn so far for each environment [N], not a copy. This count selects the random numbers of
     * the environment's next draw. {@link BranchRound} sets these counts itself.
     */
    public long[] drawn() {
        return drawn;
    }

    /** The normaliser of the policy's observations. */
    public ObservationNormalizer normalizer() {
        return normalizer;
    }

    /** Normalises the current observations of the environments {@code from}, ..., {@code to - 1}. */
    public void observe(int from, int to) {
        normalizer.normalize(raw, normalized, from, to);
    }

    /**
     * Chooses actions for the environments {@code from}, ..., {@code to - 1}.
     *
     * @param deterministic whether to take the most probable action instead of drawing one
     * @param actions [rows][action size]; the action of environment n is written to row {@code firstRow + n}
     * @throws IllegalStateException if an environment's action mask cannot be used
     */
    public void act(int from, int to, boolean deterministic, DMatrixRMaj actions, int firstRow) {
        observe(from, to);
        requireMasks(from, to);
        policy.forward(theta, activations, from, to);
        for (int env = from; env < to; env++) {
            if (deterministic) {
                policy.distribution().mode(inputs, env, actions, firstRow + env);
            } else {
                policy.distribution().sample(inputs, env, random[env], drawn[env]++, actions, firstRow + env);
            }
        }
    }

    /** Whether the mask in an environment's current observation allows a choice. */
    boolean allows(int env, int choice) {
        return policy.mask().allows(raw, env, choice);
    }

    private void requireMasks(int from, int to) {
        for (int env = from; env < to; env++) {
            try {
                policy.mask().check(raw, env);
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException("environment " + env + " gave " + e.getMessage()
                        + ". Either the environment's code is wrong, or the option --action-mask selects something"
                        + " that is not a mask");
            }
        }
    }
}
