// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.ResetOptions;
import io.gymwire.env.Snapshot;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RandomStream.Role;
import io.gymwire.testing.MemoryEnv;
import io.gymwire.testing.MemoryStep;
import java.util.List;
import java.util.Map;

/**
 * A Markov decision process of three states and three actions, in memory. Its snapshots contain the state of the random
 * generator. State s and action a give the reward 1 + s + 2 a / 3. They lead to a terminal state with probability
 * {@link #END}, else to state s' with probability {@link #probability}. If the environment is indifferent, the next
 * state depends only on s. The observation is the state as a one-hot vector, followed by the mask of the actions that
 * the state allows.
 */
public final class TabularEnv extends MemoryEnv {
    static final int STATES = 3;
    static final int ACTIONS = 3;
    /** An episode terminates with this probability in each step. */
    static final double END = 0.15;

    static final Space ACTION_SPACE = new DiscreteSpace(ACTIONS, 0, DType.INT64);
    static final BoxSpace OBSERVATIONS = new BoxSpace(
            DType.FLOAT64, new int[] {STATES + ACTIONS}, new double[STATES + ACTIONS], new double[] {1, 1, 1, 1, 1, 1});

    private final Place[] places;
    private final boolean indifferent;
    private final boolean masked;
    private final int limit;
    private long steps;

    /** The state of an environment. */
    private record Place(long seed, long drawn, int state, int steps) implements Snapshot {
        @Override
        public byte[] toBytes() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Snapshot wrap(String wrapper, Map<String, Object> own) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Wrapped unwrap(String wrapper) {
            throw new UnsupportedOperationException();
        }

        double uniform(int which) {
            return new RandomStream(seed, Role.ENVIRONMENT, 0).uniform(drawn + which);
        }
    }

    /**
     * Makes environments.
     *
     * @param indifferent whether the action changes only the reward
     * @param masked whether state s does not allow action s
     * @param limit the number of steps after which an episode is truncated
     */
    TabularEnv(int count, boolean indifferent, boolean masked, int limit) {
        super("Tabular-v0", count, OBSERVATIONS, ACTION_SPACE);
        this.places = new Place[count];
        this.indifferent = indifferent;
        this.masked = masked;
        this.limit = limit;
    }

    static double reward(int state, int action) {
        return 1 + state + 2.0 / 3 * action;
    }

    static double probability(int state, int action, int next) {
        return next == (state + action) % STATES ? 0.6 : 0.2;
    }

    /** The number of steps simulated so far, summed over all environments. */
    long simulated() {
        return steps;
    }

    @Override
    public VectorReset reset(ResetOptions options) {
        for (int i = 0; i < places.length; i++) {
            long seed = options.seeds().of(places.length).get(i).orElseThrow().longValueExact();
            places[i] = new Place(seed, 0, (int) (seed % STATES), 0);
        }
        return new VectorReset(observations(), Map.of());
    }

    @Override
    public List<Snapshot> snapshots() {
        return List.of(places);
    }

    @Override
    public VectorReset restore(List<Snapshot> snapshots) {
        for (int i = 0; i < places.length; i++) {
            places[i] = (Place) snapshots.get(i);
        }
        return new VectorReset(observations(), Map.of());
    }

    @Override
    protected VectorStep stepAll(NdArray actions) {
        steps += places.length;
        int n = places.length;
        double[] rewards = new double[n];
        boolean[] terminated = new boolean[n];
        boolean[] truncated = new boolean[n];
        NdArray[] finals = new NdArray[n];
        for (int i = 0; i < n; i++) {
            Outcome outcome = step(i, (int) actions.getDouble(i));
            rewards[i] = outcome.reward;
            terminated[i] = outcome.terminated;
            truncated[i] = outcome.last != null && !outcome.terminated;
            finals[i] = outcome.last;
        }
        return new MemoryStep(observations(), rewards, terminated, truncated, finals);
    }

    private Outcome step(int i, int action) {
        Place place = places[i];
        int state = place.state;
        if (masked && action == state) {
            throw new AssertionError("state " + state + " does not allow the action " + action);
        }
        int counted = indifferent ? 0 : action;
        int next = 0;
        double threshold = place.uniform(0);
        double cumulative = probability(state, counted, 0);
        while (next < STATES - 1 && threshold >= cumulative) {
            cumulative += probability(state, counted, ++next);
        }
        boolean terminated = place.uniform(1) < END;
        boolean ended = terminated || place.steps + 1 == limit;
        NdArray last = ended ? NdArray.ofDoubles(DType.FLOAT64, new int[] {6}, observation(next)) : null;
        // A new episode begins in a random state.
        int begin = ended ? (int) (place.uniform(2) * STATES) : next;
        places[i] = new Place(place.seed, place.drawn + 3, begin, ended ? 0 : place.steps + 1);
        return new Outcome(reward(state, action), terminated, last);
    }

    private double[] observation(int state) {
        double[] observation = {0, 0, 0, 1, 1, 1};
        observation[state] = 1;
        observation[STATES + state] = masked ? 0 : 1;
        return observation;
    }

    private NdArray observations() {
        double[] all = new double[6 * places.length];
        for (int i = 0; i < places.length; i++) {
            System.arraycopy(observation(places[i].state), 0, all, 6 * i, 6);
        }
        return NdArray.ofDoubles(DType.FLOAT64, new int[] {places.length, 6}, all);
    }

    private record Outcome(double reward, boolean terminated, NdArray last) {}
}
