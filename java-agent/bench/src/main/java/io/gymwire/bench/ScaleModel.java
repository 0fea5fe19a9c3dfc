// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.linalg.RandomStream;
import java.util.Arrays;
import java.util.PriorityQueue;

/**
 * A discrete-event simulation of one agent with many simulators. It estimates the number of steps per second, and which
 * part limits this number.
 *
 * <p>There are M sessions with n environments each. In an iteration, each environment takes T steps. An environment's
 * part of a message has b bytes, and the agent's link transmits B bytes a second. The records below explain the other
 * symbols. A round trip of a session is
 *
 * <pre>
 *   n steps of the simulator, one after the other: a step takes s ((1 - j) + j E), where E is exponential with mean 1
 *   the servers: the time d in one of their processes, where messages queue
 *   the network: latency l (both directions together), and n b / B on the agent's link, where messages queue
 *   the agent: the time a + c n on one of its cores, where messages queue
 * </pre>
 *
 * <p>When all environments have taken T steps, the learner takes the time u for each of the M n T samples. Then the
 * next iteration begins. All times are in seconds.
 */
final class ScaleModel {

    private final Costs costs;
    private final int environments; // in a session
    private final int steps; // T

    /** The costs of the four parts. */
    record Costs(Simulator simulator, Servers servers, Network network, Agent agent) {}

    /**
     * A simulator.
     *
     * @param step s, the time for one step of one environment
     * @param jitter j, the share of a step's time that varies, in [0, 1]
     */
    record Simulator(double step, double jitter) {}

    /**
     * The servers' own work.
     *
     * @param processes the number of processes that the sessions share; no message waits if each session has a process
     * @param message d, the time for a message in a server process
     */
    record Servers(int processes, double message) {
        /** A process for each session. The time of the simulator's step includes the process's own work, so d is 0. */
        static final Servers ONE_PER_SESSION = new Servers(Integer.MAX_VALUE, 0);
    }

    /**
     * The network.
     *
     * @param latency l, both directions together
     * @param wire how long an environment's part of a message occupies the link, b / B
     */
    record Network(double latency, double wire) {}

    /**
     * The agent.
     *
     * @param cores the number of its cores
     * @param message a, the processor time for a message
     * @param environment c, the additional processor time for each environment in a message
     * @param learn u, the learner's time for a sample
     */
    record Agent(int cores, double message, double environment, double learn) {

        /** The same agent with another number of cores. The learner's time is divided among all cores. */
        Agent withCores(int other) {
            return new Agent(other, message, environment, learn * cores / other);
        }
    }

    /**
     * The result over all iterations.
     *
     * @param stepsPerSecond the steps a second of all environments together
     * @param simulating share of the time in which a session's simulator works, on average over the sessions
     * @param agent share of the time in which a core of the agent works on messages, on average over the cores
     * @param link share of the time in which the link is in use
     * @param learning share of the time in which the learner works and the simulators wait
     */
    record Outcome(double stepsPerSecond, double simulating, double agent, double link, double learning) {}

    /** An event in the round trip of a session. */
    private record Event(double time, int session, Kind kind) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            int byTime = Double.compare(time, other.time);
            return byTime != 0 ? byTime : Integer.compare(session, other.session);
        }
    }

    private enum Kind {
        /** The simulator has made its steps. */
        SIMULATED,
        /** The message is at the agent. */
        ARRIVED
    }

    /** A queue for one or several processes, cores or links, which take the messages in the order of arrival. */
    private static final class Station {
        private final double[] free; // the time when each process, core or link is free
        private double busy;

        Station(int servers) {
            free = new double[servers];
        }

        /** The time when work that arrives at {@code time} is done. Calls must be in the order of {@code time}. */
        double done(double time, double duration) {
            int first = 0;
            for (int i = 1; i < free.length; i++) {
                first = free[i] < free[first] ? i : first;
            }
            free[first] = Math.max(time, free[first]) + duration;
            busy += duration;
            return free[first];
        }
    }

    /**
     * A model.
     *
     * @param environments n, the number of environments in a session
     * @param steps T, the number of steps of each environment in an iteration
     */
    ScaleModel(Costs costs, int environments, int steps) {
        this.costs = costs;
        this.environments = environments;
        this.steps = steps;
    }

    /**
     * Simulates some iterations.
     *
     * @param sessions M, the number of sessions
     */
    Outcome run(int sessions, int iterations) {
        Station servers = new Station(Math.min(costs.servers.processes, sessions));
        Station link = new Station(1);
        Station agent = new Station(costs.agent.cores);
        RandomStream random = new RandomStream(1, RandomStream.Role.ENVIRONMENT, sessions);
        double learn = costs.agent.learn * sessions * environments * steps;
        double simulating = 0;
        double now = 0;
        long draws = 0;
        for (int iteration = 0; iteration < iterations; iteration++) {
            PriorityQueue<Event> events = new PriorityQueue<>();
            int[] left = new int[sessions];
            Arrays.fill(left, steps);
            for (int session = 0; session < sessions; session++) {
                double duration = simulation(random, draws);
                draws += environments;
                simulating += duration;
                events.add(new Event(now + duration, session, Kind.SIMULATED));
            }
            double end = now;
            while (!events.isEmpty()) {
                Event event = events.remove();
                if (event.kind == Kind.SIMULATED) {
                    double served = servers.done(event.time, costs.servers.message);
                    double sent = link.done(served, costs.network.wire * environments);
                    events.add(new Event(sent + costs.network.latency, event.session, Kind.ARRIVED));
                    continue;
                }
                double answered = agent.done(event.time, costs.agent.message + costs.agent.environment * environments);
                end = Math.max(end, answered);
                if (--left[event.session] > 0) {
                    double duration = simulation(random, draws);
                    draws += environments;
                    simulating += duration;
                    events.add(new Event(answered + duration, event.session, Kind.SIMULATED));
                }
            }
            now = end + learn;
        }
        return new Outcome(
                (double) sessions * environments * steps * iterations / now,
                simulating / sessions / now,
                agent.busy / costs.agent.cores / now,
                link.busy / now,
                learn * iterations / now);
    }

    private double simulation(RandomStream random, long draw) {
        double sum = 0;
        for (int i = 0; i < environments; i++) {
            double exponential = -Math.log1p(-random.uniform(draw + i));
            sum += costs.simulator.step * (1 - costs.simulator.jitter + costs.simulator.jitter * exponential);
        }
        return sum;
    }
}
