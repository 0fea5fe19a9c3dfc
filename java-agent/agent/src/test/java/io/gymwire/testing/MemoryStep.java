// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.testing;

import io.gymwire.env.VectorStep;
import io.gymwire.env.space.NdArray;
import java.util.Map;

/**
 * The result of a step in the autoreset mode SAME_STEP, without infos.
 *
 * @param observations the observations of all environments, batched
 * @param rewards [n]
 * @param terminations [n]
 * @param truncations [n]
 * @param finals [n], the last observation of an environment's episode; null if the episode did not end in this step
 */
public record MemoryStep(
        NdArray observations, double[] rewards, boolean[] terminations, boolean[] truncations, NdArray[] finals)
        implements VectorStep {

    /** A step of n environments. All rewards are 0, and no episode ends. */
    public static MemoryStep of(NdArray observations, int n) {
        return new MemoryStep(observations, new double[n], new boolean[n], new boolean[n], new NdArray[n]);
    }

    @Override
    public double reward(int env) {
        return rewards[env];
    }

    @Override
    public boolean terminated(int env) {
        return terminations[env];
    }

    @Override
    public boolean truncated(int env) {
        return truncations[env];
    }

    @Override
    public boolean wasReset(int env) {
        return finals[env] != null;
    }

    @Override
    public NdArray finalObservation(int env) {
        if (finals[env] == null) {
            throw new IllegalStateException("the episode of environment " + env + " did not end");
        }
        return finals[env];
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
