// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.observe.ObservationNormalizer;
import java.util.ArrayList;
import java.util.List;
import org.ejml.data.DMatrixRMaj;

/**
 * The data that N environments produce in T steps. The transition of environment n at step t has index t * N + n.
 *
 * <p>{@link RolloutCollector} fills the object. {@link RecentRollouts} keeps several of these objects and reuses their
 * memory in turn.
 */
public final class Rollout {

    private final int steps;
    private final int envs;
    private final DMatrixRMaj rawObservations; // [T*N][observation size]
    private final DMatrixRMaj observations; // [T*N][observation size]
    private final DMatrixRMaj actions; // [T*N][action size]
    private final double[] rewards; // [T*N]
    private final boolean[] terminated; // [T*N]
    private final boolean[] truncated; // [T*N]
    private final DMatrixRMaj rawLastObservations; // [N][observation size]
    private final DMatrixRMaj lastObservations; // [N][observation size]
    private final double[] logProbabilities; // [T*N]
    private final List<Final> finals = new ArrayList<>();
    private final List<Episode> episodes = new ArrayList<>();

    /**
     * The observation after a transition that truncated its episode and did not terminate it.
     *
     * @param index the index of the transition
     * @param raw the observation from the environment [observation size]
     * @param observation the normalised observation [observation size]
     */
    public record Final(int index, double[] raw, double[] observation) {}

    /**
     * An episode that ended.
     *
     * @param env index of the environment
     * @param step the step t of the rollout in which the episode ended
     * @param totalReward undiscounted return
     * @param length the number of steps
     */
    public record Episode(int env, int step, double totalReward, long length) {}

    /** Allocates the memory for T = {@code steps} steps of N = {@code envs} environments. */
    public Rollout(int steps, int envs, int observationSize, int actionSize) {
        this.steps = steps;
        this.envs = envs;
        int size = steps * envs;
        this.rawObservations = new DMatrixRMaj(size, observationSize);
        this.observations = new DMatrixRMaj(size, observationSize);
        this.actions = new DMatrixRMaj(size, actionSize);
        this.rewards = new double[size];
        this.terminated = new boolean[size];
        this.truncated = new boolean[size];
        this.rawLastObservations = new DMatrixRMaj(envs, observationSize);
        this.lastObservations = new DMatrixRMaj(envs, observationSize);
        this.logProbabilities = new double[size];
    }

    /** Normalises every observation again, with the current statistics of the normaliser. */
    public void renormalize(ObservationNormalizer normalizer) {
        normalizer.normalize(rawObservations, observations, 0, size());
        normalizer.normalize(rawLastObservations, lastObservations, 0, envs);
        for (Final last : finals) {
            normalizer.normalize(
                    DMatrixRMaj.wrap(1, last.raw().length, last.raw()),
                    DMatrixRMaj.wrap(1, last.observation().length, last.observation()),
                    0,
                    1);
        }
    }

    /** T, the number of steps of each environment. */
    public int steps() {
        return steps;
    }

    /** N, the number of environments. */
    public int envs() {
        return envs;
    }

    /** T * N, the number of transitions. */
    public int size() {
        return steps * envs;
    }

    /** The observations from the environments [T*N][observation size]. */
    public DMatrixRMaj rawObservations() {
        return rawObservations;
    }

    /** The normalised observations [T*N][observation size]. */
    public DMatrixRMaj observations() {
        return observations;
    }

    /** The actions as the policy drew them [T*N][action size]. */
    public DMatrixRMaj actions() {
        return actions;
    }

    /** The rewards [T*N]. */
    public double[] rewards() {
        return rewards;
    }

    /** Whether each transition ended in a terminal state [T*N]. */
    public boolean[] terminated() {
        return terminated;
    }

    /** Whether each transition truncated its episode [T*N]. */
    public boolean[] truncated() {
        return truncated;
    }

    /** The observations from the environments after the last step [N][observation size]. */
    public DMatrixRMaj rawLastObservations() {
        return rawLastObservations;
    }

    /** The normalised observations after the last step [N][observation size]. */
    public DMatrixRMaj lastObservations() {
        return lastObservations;
    }

    /**
     * The log probability of each action under the policy that drew the action [T*N]; set only if the samples get
     * weights (with {@code --reuse} above 1 or {@code --lag 1}).
     */
    public double[] logProbabilities() {
        return logProbabilities;
    }

    /**
     * The observations after the transitions that truncated an episode and did not terminate it. After the end of the
     * collection, their indices are ascending.
     */
    public List<Final> finals() {
        return finals;
    }

    /**
     * The episodes that ended. After the end of the collection, the indices of their last transitions are ascending.
     */
    public List<Episode> episodes() {
        return episodes;
    }
}
