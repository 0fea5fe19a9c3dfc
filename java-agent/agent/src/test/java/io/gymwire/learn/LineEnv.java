// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.env.EnvironmentSpec;
import io.gymwire.env.ResetOptions;
import io.gymwire.env.VectorReset;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.MemoryEnv;
import io.gymwire.testing.MemoryStep;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Environments in memory, without a server. Each one is a point on a line. The action moves the point, and the reward
 * is minus the point's distance from 0. A reset computes the first place from the seed. Each later episode begins at 1.
 * An episode is truncated after 5 steps. The observation is [place, steps of the episode].
 */
public class LineEnv extends MemoryEnv {

    public static final BoxSpace OBSERVATIONS =
            new BoxSpace(DType.FLOAT64, new int[] {2}, new double[] {-99, 0}, new double[] {99, 5});
    public static final BoxSpace ACTIONS =
            new BoxSpace(DType.FLOAT64, new int[] {1}, new double[] {-1}, new double[] {1});
    private static final int LIMIT = 5;

    private final double[] place; // [n]
    private final int[] steps; // [n], the steps made in the episode

    public LineEnv(int count) {
        super("Line-v0", count, OBSERVATIONS, ACTIONS);
        this.place = new double[count];
        this.steps = new int[count];
    }

    @Override
    public EnvironmentSpec spec() {
        return new EnvironmentSpec(envId(), OptionalLong.of(LIMIT), OptionalDouble.empty(), false);
    }

    @Override
    public VectorReset reset(ResetOptions options) {
        for (int env = 0; env < place.length; env++) {
            place[env] = options.seeds().of(place.length).get(env).orElseThrow().longValueExact() % 7 - 3;
            steps[env] = 0;
        }
        return new VectorReset(observations(), Map.of());
    }

    @Override
    protected VectorStep stepAll(NdArray actions) {
        double[] rewards = new double[place.length];
        boolean[] truncated = new boolean[place.length];
        NdArray[] finals = new NdArray[place.length];
        for (int env = 0; env < place.length; env++) {
            place[env] += actions.getDouble(env);
            steps[env]++;
            rewards[env] = -Math.abs(place[env]);
            if (steps[env] == LIMIT) {
                truncated[env] = true;
                finals[env] = NdArray.ofDoubles(DType.FLOAT64, new int[] {2}, place[env], steps[env]);
                place[env] = 1;
                steps[env] = 0;
            }
        }
        return new MemoryStep(observations(), rewards, new boolean[place.length], truncated, finals);
    }

    private NdArray observations() {
        double[] numbers = new double[2 * place.length];
        for (int env = 0; env < place.length; env++) {
            numbers[2 * env] = place[env];
            numbers[2 * env + 1] = steps[env];
        }
        return NdArray.ofDoubles(DType.FLOAT64, new int[] {place.length, 2}, numbers);
    }
}
