// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.remote.ServerInfo;
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
    private final Map<Integer, RemoteServer> further = new ConcurrentHashMap<>();
    private final Place place;
    private final MakeOptions one;
    private List<RemoteServer> servers;

    private Sessions(Place place, MakeOptions one) {
        this.place = place;
        this.one = one;
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
     * Opens sessions.
     *
     * @param place where; servers that are started for the purpose end with this object
     * @param one environment of them
     * @param count N
     * @param workers number of sessions, 1 to N
     */
    public static Sessions open(Place place, MakeOptions one, int count, int workers) {
        Sessions sessions = new Sessions(place, one);
        try {
            sessions.servers = place.running().map(sessions::connect).orElseGet(() -> sessions.startServers(workers));
            for (int worker = 0; worker < workers; worker++) {
                int size = (int) ((long) count * (worker + 1) / workers - (long) count * worker / workers);
                RemoteServer server = sessions.servers.get(worker % sessions.servers.size());
                // All are made alike: one tells for all what they are made of.
                VectorEnv env = server.make(one.withNumEnvs(size).withDistributions(worker == 0));
                sessions.opened.add(env);
                sessions.envs.add(env);
            }
            return sessions;
        } catch (RuntimeException e) {
            sessions.close();
            throw e;
        }
    }

    private List<RemoteServer> connect(ConnectOptions running) {
        RemoteServer server = RemoteServer.connect(running);
        opened.add(server);
        return List.of(server);
    }

    /** Starts servers side by side: each takes about a second of import time. */
    private List<RemoteServer> startServers(int count) {
        ExecutorService executor = Executors.newFixedThreadPool(count);
        try {
            List<Future<ManagedServer>> starting = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Callable<ManagedServer> start = place::startServer;
                starting.add(executor.submit(start));
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

    /**
     * Opens a further session of the same environments; the caller closes it before it opens the next one on that side.
     * Threads may call it at the same time. Where servers are started for the purpose, each side has a server of its
     * own, which is started when it is first needed: a server hosts one session at a time.
     *
     * @param side sessions with different numbers simulate side by side where the servers allow it
     */
    public VectorEnv openFurther(int side, int count) {
        RemoteServer server =
                place.isOwn() ? further.computeIfAbsent(side, absent -> connect(place.startServer())) : servers.get(0);
        return server.make(one.withNumEnvs(count));
    }

    /** The description of the (first) server. */
    public ServerInfo serverInfo() {
        return servers.get(0).info();
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
