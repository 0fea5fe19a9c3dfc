// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.remote.StartOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * N environments of one id, spread evenly over sessions: on a running server, or on servers started for
 * the purpose, one a session, so that each simulates on a core of its own.
 */
public final class Sessions implements AutoCloseable {

    /** Classic control and toy text, without their versions: a step costs some microseconds, a message a hundred. */
    private static final Set<String> LIGHT = Set.of(
            "Acrobot",
            "CartPole",
            "MountainCar",
            "MountainCarContinuous",
            "Pendulum",
            "Blackjack",
            "CliffWalking",
            "CliffWalkingSlippery",
            "FrozenLake",
            "FrozenLake8x8",
            "Taxi");

    private final List<AutoCloseable> opened = Collections.synchronizedList(new ArrayList<>());
    private final List<VectorEnv> envs = new ArrayList<>();
    private final List<Host> hosts = new ArrayList<>();
    private final Map<Integer, RemoteServer> further = new ConcurrentHashMap<>();
    private final MakeOptions one;
    private final StartOptions start; // null on running servers
    private List<RemoteServer> servers; // that host sessions, at most one a session

    private Sessions(MakeOptions one, StartOptions start) {
        this.one = one;
        this.start = start;
    }

    /**
     * The number of workers that simulate fastest: one per core, but only one for light environments. With these the
     * second core is better used for the critic than for a second stream of messages.
     */
    public static int workersFor(String envId, int envs, int cores) {
        boolean light = LIGHT.contains(envId.replaceFirst("-v\\d+$", ""));
        return light ? 1 : Math.max(1, Math.min(cores, envs));
    }

    /**
     * Opens sessions on servers of this process's own, one each, which end with this object.
     *
     * @param start how to start a server
     * @param one environment of them
     * @param workers number of sessions and servers
     */
    public static Sessions onOwnServers(StartOptions start, MakeOptions one, int envs, int workers) {
        Sessions sessions = new Sessions(one, start);
        try {
            sessions.servers = sessions.startServers(workers);
            sessions.make(new Spread(envs, workers, true), workers);
            return sessions;
        } catch (RuntimeException e) {
            sessions.close();
            throw e;
        }
    }

    /**
     * Opens sessions on running servers: session i on server i modulo their number.
     *
     * @param one environment of them
     */
    static Sessions on(Connections connections, MakeOptions one, Spread spread) {
        Sessions sessions = new Sessions(one, null);
        sessions.opened.add(connections);
        try {
            int count = spread.sessions(connections.answering().size());
            sessions.servers = connections
                    .answering()
                    .subList(0, Math.min(count, connections.answering().size()));
            sessions.make(spread, count);
            return sessions;
        } catch (RuntimeException e) {
            sessions.close();
            throw e;
        }
    }

    private void make(Spread spread, int count) {
        for (int session = 0; session < count; session++) {
            // All on one server are made alike: one tells for all what they are made of.
            MakeOptions options = one.withNumEnvs(spread.size(session, count))
                    .withDistributions(start == null ? session < servers.size() : session == 0);
            VectorEnv env = servers.get(session % servers.size()).make(options);
            opened.add(env);
            envs.add(env);
        }
        for (int server = 0; server < servers.size(); server++) {
            List<Integer> hosted = new ArrayList<>();
            for (int session = server; session < count; session += servers.size()) {
                hosted.add(session);
            }
            int environments =
                    hosted.stream().mapToInt(i -> envs.get(i).numEnvs()).sum();
            hosts.add(new Host(
                    servers.get(server).address(), servers.get(server).info(), List.copyOf(hosted), environments));
        }
    }

    /** Starts servers side by side: each takes about a second of import time. */
    private List<RemoteServer> startServers(int count) {
        ExecutorService executor = Executors.newFixedThreadPool(count);
        try {
            List<Future<ManagedServer>> starting = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Callable<ManagedServer> server = () -> ManagedServer.start(start);
                starting.add(executor.submit(server));
            }
            RuntimeException failure = null;
            List<RemoteServer> servers = new ArrayList<>();
            for (Future<ManagedServer> future : starting) {
                try {
                    servers.add(connect(future.get()));
                } catch (ExecutionException e) {
                    failure = e.getCause() instanceof RuntimeException cause
                            ? cause
                            : new IllegalStateException(e.getCause());
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    failure = new IllegalStateException("interrupted while the servers started", e);
                }
            }
            if (failure != null) {
                throw failure;
            }
            return servers;
        } finally {
            executor.shutdownNow();
        }
    }

    private RemoteServer connect(ManagedServer server) {
        opened.add(server);
        RemoteServer connection = server.connect();
        opened.add(connection);
        return connection;
    }

    /** The sessions, environments numbered through in order. */
    public List<VectorEnv> envs() {
        return envs;
    }

    /** Whether the servers are this process's own. */
    public boolean areOnOwnServers() {
        return start != null;
    }

    /** The servers that host them. */
    public List<Host> hosts() {
        return hosts;
    }

    /**
     * Opens a further session of the same environments; the caller closes it before it opens the next one on that side.
     * Threads may call it at the same time. Where servers are started for the purpose, each side has a server of its
     * own, which is started when it is first needed: a server hosts one session at a time.
     *
     * @param side sessions with different numbers simulate side by side where the servers allow it
     */
    public VectorEnv openFurther(int side, int count) {
        RemoteServer server = start == null
                ? servers.get(side % servers.size())
                : further.computeIfAbsent(side, absent -> connect(ManagedServer.start(start)));
        return server.make(one.withNumEnvs(count));
    }

    /** Closes the sessions, the connections, and the servers started here. */
    @Override
    public void close() {
        for (int i = opened.size() - 1; i >= 0; i--) {
            try {
                opened.get(i).close();
            } catch (Exception e) {
                System.getLogger(Sessions.class.getName())
                        .log(System.Logger.Level.DEBUG, "closing " + opened.get(i) + " failed", e);
            }
        }
        opened.clear();
    }
}
