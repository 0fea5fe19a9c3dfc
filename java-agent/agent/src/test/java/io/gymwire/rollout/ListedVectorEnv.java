// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.AutoresetMode;
import io.gymwire.env.EnvironmentSpec;
import io.gymwire.env.ResetOptions;
import io.gymwire.env.Snapshot;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.remote.RemoteSnapshot;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Environments that return a list of observations, whatever the actions are. A reset or a restore returns the first
 * observation, and each step returns the next one.
 */
final class ListedVectorEnv implements VectorEnv {
    private final Space space;
    private final int count;
    private final List<NdArray> observations;
    private NdArray last; // observation of an episode that is truncated in every step; null if no episode ends
    private int given;

    /** {@code count} environments; each array contains the observations of all of them [count][...]. */
    ListedVectorEnv(Space space, int count, NdArray... observations) {
        this.space = space;
        this.count = count;
        this.observations = List.of(observations);
    }

    /** Truncates the last environment's episode in every step, with this last observation. */
    ListedVectorEnv truncatedAt(NdArray observation) {
        last = observation;
        return this;
    }

    @Override
    public VectorReset reset(ResetOptions options) {
        return new VectorReset(observations.get(0), Map.of());
    }

    @Override
    public List<Snapshot> snapshots() {
        return Collections.nCopies(count, RemoteSnapshot.fromBytes(new byte[0]));
    }

    @Override
    public VectorReset restore(List<Snapshot> snapshots) {
        return new VectorReset(observations.get(0), Map.of());
    }

    @Override
    public void sendStep(NdArray actions) {
        given++;
    }

    @Override
    public VectorStep receiveStep() {
        return new Step(observations.get(given), last, count - 1);
    }

    private record Step(NdArray observations, NdArray last, int ending) implements VectorStep {
        @Override
        public double reward(int env) {
            return 0;
        }

        @Override
        public boolean terminated(int env) {
            return false;
        }

        @Override
        public boolean truncated(int env) {
            return last != null && env == ending;
        }

        @Override
        public boolean wasReset(int env) {
            return truncated(env);
        }

        @Override
        public NdArray finalObservation(int env) {
            return last;
        }

        @Override
        public Map<String, Object> finalInfo(int env) {
            return Map.of();
        }

        @Override
        public Map<String, Object> infos() {
            return Map.of();
        }
    }

    @Override
    public String envId() {
        return "Listed-v0";
    }

    @Override
    public EnvironmentSpec spec() {
        return new EnvironmentSpec(envId(), OptionalLong.empty(), OptionalDouble.empty(), false);
    }

    @Override
    public int numEnvs() {
        return count;
    }

    @Override
    public AutoresetMode autoresetMode() {
        return AutoresetMode.SAME_STEP;
    }

    @Override
    public Space singleObservationSpace() {
        return space;
    }

    @Override
    public Space singleActionSpace() {
        return ScriptedVectorEnv.ACTIONS;
    }

    @Override
    public void close() {
        // There is nothing to close.
    }
}
