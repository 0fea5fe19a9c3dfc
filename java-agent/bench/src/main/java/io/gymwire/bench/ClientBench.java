// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.InfoSelection;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.VectorStep;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.remote.ServerHome;
import io.gymwire.env.remote.StartOptions;
import io.gymwire.env.remote.Timeouts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Measures the time of one blocking step, as in a user's own loop. Four clients take turns. Two are Gymwire's libraries
 * for Java and Python, which use a stream. The other two are a Java client and a Python client that make unary calls
 * with generated code. All use the same seeds and actions, and must get the same sum of rewards (except for rounding)
 * as SyncVectorEnv in a Python process.
 */
public final class ClientBench {

    private static final List<Integer> SIZES = List.of(1, 4, 8);
    private static final double SECONDS = 0.3;
    private static final int PROBE_STEPS = 50;
    /**
     * The maximum number of steps in one measurement. The number of steps follows from the time that SyncVectorEnv
     * needs for a step. A client's step can take more than ten times as long. So without this maximum, the client's
     * measurement could take too long.
     */
    private static final int MAX_STEPS = 500;

    private final BenchSettings settings;
    private final Table table = new Table(2, header());

    public ClientBench(BenchSettings settings) {
        this.settings = settings;
    }

    private enum ServerKind {
        OWN(StartOptions.OWN),
        SHARED(new StartOptions(Optional.empty(), List.of(), Map.of(), Timeouts.DEFAULT));

        private final StartOptions options;

        ServerKind(StartOptions options) {
            this.options = options;
        }
    }

    private enum ClientKind {
        JAVA_STREAM,
        JAVA_UNARY,
        PYTHON_STREAM,
        PYTHON_UNARY;

        private String title() {
            return name().charAt(0)
                    + name().substring(1).toLowerCase(Locale.ROOT).replace('_', ' ');
        }
    }

    /** Resets environment i with seed i, takes steps, and measures only the steps. */
    private interface Client {
        InProcess.Run run(int steps) throws IOException;
    }

    /** Measures all clients, and adds the table and the figures to the report. */
    public void run(BenchReport report) throws IOException {
        Path interpreter = ServerHome.find().python();
        try (InProcess inProcess = new InProcess()) {
            for (String envId : settings.envIds()) {
                for (ServerKind kind : ServerKind.values()) {
                    try (ManagedServer server = ManagedServer.start(kind.options);
                            PythonScript python = new PythonScript(interpreter, "step_clients.py")) {
                        for (int size : SIZES) {
                            measure(envId, kind, server, size, inProcess, python, report);
                        }
                    }
                }
            }
        }
        report.table(
                "The clients, microseconds of a blocking step of n environments",
                "server: own (started as for training) or shared (started by ./gymwire serve; each session in its own"
                        + " process)\n"
                        + "stream: the Java and Python libraries; unary: calls of the generated code\n"
                        + "in process: Gymnasium's SyncVectorEnv",
                table);
    }

    private void measure(
            String envId,
            ServerKind kind,
            ManagedServer server,
            int size,
            InProcess inProcess,
            PythonScript python,
            BenchReport report)
            throws IOException {
        report.measuring("clients: " + envId + ", server " + lower(kind) + ", n = " + size);
        MakeOptions options =
                MakeOptions.of(envId).withInfos(InfoSelection.none()).withNumEnvs(size);
        Path file = Files.createTempFile("gymwire-actions", ".bin");
        file.toFile().deleteOnExit();
        try (RemoteServer connection = server.connect();
                VectorEnv env = connection.make(options);
                UnarySession unary = new UnarySession(server.address(), envId, size)) {
            Actions actions = Actions.draw(env);
            actions.write(file);
            Map<ClientKind, Client> clients = new LinkedHashMap<>();
            clients.put(ClientKind.JAVA_STREAM, steps -> stream(env, actions, steps));
            clients.put(ClientKind.JAVA_UNARY, steps -> unary.run(actions, steps));
            for (ClientKind each : List.of(ClientKind.PYTHON_STREAM, ClientKind.PYTHON_UNARY)) {
                Map<String, Object> request = new LinkedHashMap<>();
                request.put("address", server.address());
                request.put("unary", each == ClientKind.PYTHON_UNARY);
                request.put("env_id", envId);
                request.put("num_envs", size);
                request.put("actions", file.toString());
                request.put("dtype", actions.dtype());
                request.put("shape", actions.shape());
                clients.put(each, steps -> {
                    request.put("steps", steps);
                    return InProcess.Run.of(python.ask(request));
                });
            }
            Map<ClientKind, Samples> samples = new LinkedHashMap<>();
            Samples local = new Samples();
            double probe = inProcess.run(envId, size, PROBE_STEPS, actions).seconds() / PROBE_STEPS;
            int steps = (int) Math.max(PROBE_STEPS, Math.min(MAX_STEPS, settings.seconds(SECONDS) / probe));
            for (int i = 0; i <= settings.repeats(); i++) {
                InProcess.Run expected = inProcess.run(envId, size, steps, actions);
                // The first round is a warm-up.
                if (i > 0) {
                    local.add(expected.seconds() / steps);
                }
                for (Map.Entry<ClientKind, Client> client : clients.entrySet()) {
                    InProcess.Run run = client.getValue().run(steps);
                    expected.requireEqual(envId, client.getKey().title(), run.rewardSum());
                    Samples own = samples.computeIfAbsent(client.getKey(), absent -> new Samples());
                    if (i > 0) {
                        own.add(run.seconds() / steps);
                    }
                }
            }
            add(envId, kind, size, local, samples, report);
        } finally {
            Files.delete(file);
        }
    }

    private void add(
            String envId,
            ServerKind kind,
            int size,
            Samples local,
            Map<ClientKind, Samples> samples,
            BenchReport report) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("env_id", envId);
        figures.put("server", lower(kind));
        figures.put("num_envs", size);
        figures.put("in_process_seconds", local.figures());
        List<String> row = new ArrayList<>(List.of(
                kind == ServerKind.OWN && size == SIZES.get(0) ? envId : "",
                size == SIZES.get(0) ? lower(kind) : "",
                Integer.toString(size),
                local.micros()));
        samples.forEach((client, seconds) -> {
            figures.put(client.name().toLowerCase(Locale.ROOT) + "_seconds", seconds.figures());
            row.add(seconds.micros());
        });
        table.row(row.toArray(String[]::new));
        report.figures(Section.CLIENTS, figures);
    }

    private static InProcess.Run stream(VectorEnv env, Actions actions, int steps) {
        long[] seeds = new long[env.numEnvs()];
        Arrays.setAll(seeds, i -> i);
        env.reset(seeds);
        double rewards = 0;
        long start = System.nanoTime();
        for (int step = 0; step < steps; step++) {
            VectorStep answer = env.step(actions.at(step));
            for (int i = 0; i < seeds.length; i++) {
                rewards += answer.reward(i);
            }
        }
        return new InProcess.Run((System.nanoTime() - start) / 1e9, rewards);
    }

    private static String[] header() {
        List<String> header = new ArrayList<>(List.of("environment", "server", "n", "in process"));
        Arrays.stream(ClientKind.values()).map(ClientKind::title).forEach(header::add);
        return header.toArray(String[]::new);
    }

    private static String lower(ServerKind kind) {
        return kind.name().toLowerCase(Locale.ROOT);
    }
}
