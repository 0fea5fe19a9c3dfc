// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.ResetOptions;
import io.gymwire.env.Snapshot;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.remote.RemoteSnapshot;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import io.gymwire.testing.MemoryEnv;
import io.gymwire.testing.MemoryStep;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/**
 * Environments that return the observations of a given list in order. The actions have no effect. A reset or a restore
 * returns the first observation. The first step returns the second observation, and each later step returns the next
 * one, also after another reset or restore.
 */
final class ListedVectorEnv extends MemoryEnv {
    private final List<NdArray> observations;
    private NdArray last; // the last observation of a truncated episode; null if no episode is truncated
    private int given;

    /** {@code count} environments. Each array [count][...] contains one observation of each environment. */
    ListedVectorEnv(Space space, int count, NdArray... observations) {
        super("Listed-v0", count, space, ScriptedVectorEnv.ACTIONS);
        this.observations = List.of(observations);
    }

    /**
     * Makes every step truncate the episode of the last environment. The episode's last observation is
     * {@code observation}.
     */
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
        return Collections.nCopies(numEnvs(), RemoteSnapshot.fromBytes(new byte[0]));
    }

    @Override
    public VectorReset restore(List<Snapshot> snapshots) {
        return new VectorReset(observations.get(0), Map.of());
    }

    @Override
    protected VectorStep stepAll(NdArray actions) {
        MemoryStep step = MemoryStep.of(observations.get(++given), numEnvs());
        step.truncations()[numEnvs() - 1] = last != null;
        step.finals()[numEnvs() - 1] = last;
        return step;
    }
}
