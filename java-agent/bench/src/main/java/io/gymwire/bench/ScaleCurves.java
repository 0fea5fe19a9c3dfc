// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.bench.ScaleModel.Agent;
import io.gymwire.bench.ScaleModel.Costs;
import io.gymwire.bench.ScaleModel.Network;
import io.gymwire.bench.ScaleModel.Servers;
import io.gymwire.bench.ScaleModel.Simulator;
import io.gymwire.files.AtomicFiles;
import io.gymwire.report.Charts;
import io.gymwire.report.Picture;
import java.awt.Color;
import java.awt.Dimension;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.knowm.xchart.XYChart;

/**
 * Draws the results of {@link ScaleModel} for one agent with 1 to 8,192 simulators. The costs of the agent were
 * measured.
 */
public final class ScaleCurves {

    /**
     * The costs of HalfCheetah, from BENCHMARKS.md. The agent needs 37 us for a message, and 8.5 us more for each
     * environment in it. Each environment adds about 300 bytes to a message. The network has 1 Gbit/s, and a round trip
     * takes 0.2 ms. On 2 cores, the agent learns from 55,600 samples a second.
     */
    private static final Agent AGENT = new Agent(2, 37e-6, 8.5e-6, 1 / 55_600.0);

    private static final Network NETWORK = new Network(2e-4, 300 * 8 / 1e9);
    private static final double JITTER = 0.2;

    /**
     * The measured time, in seconds, that a server process needs for one message of CartPole. The process had 1,000
     * sessions (--isolation none).
     */
    private static final double SHARED_SERVER_MESSAGE = 316e-6;

    private static final double[] STEPS = {1e-3, 2e-2, 1e-1}; // seconds of a simulator's step
    private static final int[] CORES = {2, 16};
    private static final int MAX_SESSIONS = 8192;
    private static final int SEGMENT = 64; // steps of an environment in an iteration
    private static final int ITERATIONS = 3;

    private ScaleCurves() {}

    /**
     * Prints the table. With the argument FILE, it also writes the picture to FILE.png and FILE.svg. With the arguments
     * STEP_SECONDS SESSIONS SERVERS, it prints only one row, which can be compared with a run. For this row, all steps
     * take the same time (no jitter), and the sessions share SERVERS server processes.
     *
     * <p>The last four columns are shares of the time. In the share {@code simulating}, a simulator works (on average
     * over the simulators). In {@code agent}, a core of the agent works on messages (on average over the cores). In
     * {@code link}, the agent's link to the network is in use. In {@code learning}, the learner works.
     */
    public static void main(String[] args) throws IOException {
        System.out.printf(
                Locale.ROOT,
                "%10s %6s %9s %11s %10s %11s %6s %6s %9s%n",
                "step",
                "cores",
                "sessions",
                "batch",
                "steps/s",
                "simulating",
                "agent",
                "link",
                "learning");
        if (args.length == 3) {
            Simulator simulator = new Simulator(Double.parseDouble(args[0]), 0);
            Servers servers = new Servers(Integer.parseInt(args[2]), SHARED_SERVER_MESSAGE);
            row(new Costs(simulator, servers, NETWORK, AGENT), Integer.parseInt(args[1]));
            return;
        }
        XYChart chart = Charts.create(
                "One agent over many simulators",
                "simulators (one per session)",
                "steps a second",
                new Dimension(760, 460));
        chart.getStyler().setXAxisLogarithmic(true).setYAxisLogarithmic(true);
        int colour = 0;
        for (double step : STEPS) {
            for (int cores : CORES) {
                Costs costs = new Costs(
                        new Simulator(step, JITTER), Servers.ONE_PER_SESSION, NETWORK, AGENT.withCores(cores));
                String name = String.format(Locale.ROOT, "%.0f ms a step, %d cores", step * 1e3, cores);
                draw(chart, name, costs, Charts.COLOURS.get(colour++));
            }
        }
        if (args.length > 0) {
            Picture picture = new Picture(List.of(chart), 1);
            AtomicFiles.write(Path.of(args[0] + ".png"), picture.png());
            AtomicFiles.write(Path.of(args[0] + ".svg"), picture.svg().getBytes(StandardCharsets.UTF_8));
        }
    }

    private static void draw(XYChart chart, String name, Costs costs, Color colour) {
        int[] sessions =
                IntStream.iterate(1, m -> m <= MAX_SESSIONS, m -> 2 * m).toArray();
        double[] speeds = new double[sessions.length];
        for (int i = 0; i < sessions.length; i++) {
            speeds[i] = row(costs, sessions[i]);
        }
        Charts.line(chart, name, IntStream.of(sessions).asDoubleStream().toArray(), speeds, colour)
                .setShowInLegend(true);
    }

    /** Prints a row, and returns its steps per second. */
    private static double row(Costs costs, int sessions) {
        ScaleModel.Outcome outcome = new ScaleModel(costs, 1, SEGMENT).run(sessions, ITERATIONS);
        System.out.printf(
                Locale.ROOT,
                "%7.0f ms %6d %,9d %,11d %,10.0f %10.0f%% %5.0f%% %5.0f%% %8.0f%%%n",
                costs.simulator().step() * 1e3,
                costs.agent().cores(),
                sessions,
                sessions * SEGMENT,
                outcome.stepsPerSecond(),
                100 * outcome.simulating(),
                100 * outcome.agent(),
                100 * outcome.link(),
                100 * outcome.learning());
        return outcome.stepsPerSecond();
    }
}
