// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.distribution.Gaussian;
import io.gymwire.linalg.RandomStream;
import io.gymwire.net.Mlp;
import io.gymwire.observe.ObservationNormalizer;
import io.gymwire.policy.Policy;
import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.api.Test;

/** The policy is linear: its mean action for the normalised observation (x, y) is (1 + x + 2 y, -1 + 3 x + 4 y). */
final class ActorTest {
    private static final int ENVS = 3;
    private static final double MEAN = 4;

    private final ObservationNormalizer normalizer = new ObservationNormalizer(true, true);
    private final double[] theta = {1, 3, 2, 4, 1, -1, Math.log(0.5), Math.log(0.25)};
    private final RandomStream[] streams = new RandomStream[ENVS];
    private final Actor actor;

    ActorTest() {
        // This gives both elements of an observation the mean 4 and the variance 1.
        normalizer.update(new DMatrixRMaj(2, 2, true, MEAN - 1, MEAN - 1, MEAN + 1, MEAN + 1));
        Arrays.setAll(streams, env -> new RandomStream(1, RandomStream.Role.ACTION, env));
        actor = new Actor(new Policy(new Mlp(2, 2), new Gaussian(2, 0)), theta, normalizer, streams);
    }

    @Test
    void deterministicActionsAreThePolicysModesForTheCurrentObservations() {
        observe(0, 0, 1, 0, 0, 1);
        assertArrayEquals(new double[] {1, -1, 2, 2, 3, 3}, act(true, 0, ENVS), 1e-7);
        observe(1, 1, -1, 2, 3, 0);
        assertArrayEquals(new double[] {4, 6, 4, 4, 4, 8}, act(true, 0, ENVS), 1e-7);
        assertArrayEquals(new long[ENVS], actor.drawn(), "deterministic actions must not be drawn");
    }

    @Test
    void aChangeOfTheParametersChangesTheActions() {
        observe(0, 0, 1, 0, 0, 1);
        act(true, 0, ENVS);
        theta[4] = 11;
        assertArrayEquals(new double[] {11, -1, 12, 2, 13, 3}, act(true, 0, ENVS), 1e-7);
    }

    @Test
    void drawnActionsSpreadAroundTheMeansAndEachDrawIsNew() {
        observe(1, 1, -1, 2, 3, 0);
        double[] means = {4, 6, 4, 4, 4, 8};
        int draws = 10_000;
        double[] sum = new double[means.length];
        double[] squares = new double[means.length];
        for (int i = 0; i < draws; i++) {
            double[] actions = act(false, 0, ENVS);
            Arrays.setAll(sum, j -> sum[j] + actions[j] / draws);
            Arrays.setAll(squares, j -> squares[j] + Math.pow(actions[j] - means[j], 2) / draws);
        }
        for (int j = 0; j < means.length; j++) {
            double std = j % 2 == 0 ? 0.5 : 0.25;
            assertEquals(means[j], sum[j], 5 * std / Math.sqrt(draws), "element " + j);
            assertEquals(std, Math.sqrt(squares[j]), 5 * std / Math.sqrt(2.0 * draws), "element " + j);
        }
        assertArrayEquals(new long[] {draws, draws, draws}, actor.drawn());
    }

    @Test
    void onlyTheSelectedEnvironmentsAct() {
        observe(1, 1, -1, 2, 3, 0);
        assertArrayEquals(new double[] {0, 0, 4, 4, 4, 8}, act(true, 1, 3), 1e-7);
        act(false, 1, 2);
        assertArrayEquals(new long[] {0, 1, 0}, actor.drawn());
    }

    private void observe(double... normalized) {
        Arrays.setAll(actor.raw().data, i -> MEAN + normalized[i]);
    }

    private double[] act(boolean deterministic, int from, int to) {
        DMatrixRMaj actions = new DMatrixRMaj(ENVS, 2);
        actor.act(from, to, deterministic, actions, 0);
        return actions.data;
    }
}
