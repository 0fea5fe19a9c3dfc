// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.bench.ScaleModel.Agent;
import io.gymwire.bench.ScaleModel.Costs;
import io.gymwire.bench.ScaleModel.Network;
import io.gymwire.bench.ScaleModel.Outcome;
import io.gymwire.bench.ScaleModel.Servers;
import io.gymwire.bench.ScaleModel.Simulator;
import org.junit.jupiter.api.Test;

/** Tests the model in cases with a known result, for example if one part limits the speed, or if no message waits. */
class ScaleModelTest {

    private static final double STEP = 0.02;
    private static final double LATENCY = 0.001;
    private static final double WIRE = 1e-5;
    private static final double MESSAGE = 4e-5;
    private static final double PER_ENVIRONMENT = 1e-5;

    private static Costs costs(int cores, double learn) {
        return new Costs(
                new Simulator(STEP, 0),
                Servers.ONE_PER_SESSION,
                new Network(LATENCY, WIRE),
                new Agent(cores, MESSAGE, PER_ENVIRONMENT, learn));
    }

    @Test
    void theMessagesOfASingleSessionDoNotQueue() {
        Outcome outcome = new ScaleModel(costs(2, 0), 3, 10).run(1, 2);
        double round = 3 * STEP + LATENCY + 3 * WIRE + MESSAGE + 3 * PER_ENVIRONMENT;
        assertEquals(3 / round, outcome.stepsPerSecond(), 1e-9);
        assertEquals(3 * STEP / round, outcome.simulating(), 1e-9);
        assertEquals((MESSAGE + 3 * PER_ENVIRONMENT) / 2 / round, outcome.agent(), 1e-9);
        assertEquals(3 * WIRE / round, outcome.link(), 1e-9);
    }

    @Test
    void theAgentsCoresAreTheLimitOfManySessions() {
        Outcome outcome = new ScaleModel(costs(2, 0), 1, 100).run(5000, 2);
        assertEquals(2 / (MESSAGE + PER_ENVIRONMENT), outcome.stepsPerSecond(), 200);
        assertEquals(1, outcome.agent(), 0.01);
    }

    @Test
    void theLinkIsTheLimitIfMessagesAreLong() {
        Costs slow = new Costs(
                new Simulator(STEP, 0),
                Servers.ONE_PER_SESSION,
                new Network(LATENCY, 1e-3),
                new Agent(2, MESSAGE, PER_ENVIRONMENT, 0));
        Outcome outcome = new ScaleModel(slow, 1, 100).run(500, 2);
        assertEquals(1000, outcome.stepsPerSecond(), 10);
        assertEquals(1, outcome.link(), 0.01);
    }

    @Test
    void fewServerProcessesAreTheLimitOfManySessions() {
        Costs shared =
                new Costs(new Simulator(STEP, 0), new Servers(2, 1e-3), new Network(0, 0), new Agent(64, 0, 0, 0));
        assertEquals(2000, new ScaleModel(shared, 1, 100).run(500, 2).stepsPerSecond(), 20);
    }

    @Test
    void theSimulatorWaitsWhileTheLearnerLearns() {
        double round = STEP + LATENCY + WIRE + MESSAGE + PER_ENVIRONMENT;
        Outcome outcome = new ScaleModel(costs(1, 2 * round), 1, 10).run(1, 3);
        assertEquals(2.0 / 3, outcome.learning(), 1e-9);
        assertEquals(1 / round / 3, outcome.stepsPerSecond(), 1e-9);
    }

    /**
     * The time of each session is a sum of 100 random times. The largest of 64 such sums exceeds the mean sum by about
     * 2.4 standard deviations of a sum.
     */
    @Test
    void anIterationLastsAsLongAsItsSlowestSession() {
        Costs varying =
                new Costs(new Simulator(STEP, 1), Servers.ONE_PER_SESSION, new Network(0, 0), new Agent(64, 0, 0, 0));
        Outcome outcome = new ScaleModel(varying, 1, 100).run(64, 50);
        double longest = 1 + 2.4 / Math.sqrt(100);
        assertEquals(64 / STEP / longest, outcome.stepsPerSecond(), 100);
        assertTrue(outcome.simulating() < 0.85 && outcome.simulating() > 0.75, outcome.toString());
    }
}
