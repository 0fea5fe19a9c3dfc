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
import java.util.concurrent.Future;

/**
 * N environments of one id, spread evenly over sessions. The sessions are on running servers, or on managed servers. A
 * managed server hosts one session, so that each session simulates on its own core.
 */
public final class Sessions implements AutoCloseable {

    /**
     * The ids of the light environments (classic control and toy text), without versions. Their steps take some
     * microseconds, but a message takes a hundred microseconds. The list is fixed, because config.json and the plan of
     * a sweep need the number of workers before an environment exists. If this number depended on measured step times,
     * it could also differ between two starts of a run.
     */
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
    private final StartOptions start; // null if the sessions are on running servers
    private List<RemoteServer> servers; // the servers with sessions; never more servers than sessions

    private Sessions(MakeOptions one, StartOptions start) {
        this.one = one;
        this.start = start;
    }

    /**
     * The number of workers with which a run is fastest: one per core, but at most one per environment, and only one
     * for light environments. With light environments, a second core is more useful for the critic than for a second
     * stream of messages.
     */
    public static int workersFor(String envId, int envs, int cores) {
        boolean light = LIGHT.contains(envId.replaceFirst("-v\\d+$", ""));
        return light ? 1 : Math.max(1, Math.min(cores, envs));
    }

    /**
     * Opens sessions on managed servers, one session per server. The servers end when this object is closed.
     *
     * @param start how to start a server
     * @param one how to make one environment
     * @param workers number of sessions and servers
     */
    public static Sessions onOwnServers(StartOptions start, MakeOptions one, int envs, int workers) {
        Sessions sessions = new Sessions(one, start);
        try {
            sessions.servers = sessions.startServers(workers);
            sessions.make(new SessionLayout(envs, workers, true), workers);
            return sessions;
        } catch (RuntimeException e) {
            sessions.close();
            throw e;
        }
    }

    /**
     * Opens sessions on running servers: session i on server i modulo the number of servers.
     *
     * @param one how to make one environment
     */
    static Sessions on(Connections connections, MakeOptions one, SessionLayout layout) {
        Sessions sessions = new Sessions(one, null);
        sessions.opened.add(connections);
        try {
            int count = layout.sessions(connections.answering().size());
            sessions.servers = connections
                    .answering()
                    .subList(0, Math.min(count, connections.answering().size()));
            sessions.make(layout, count);
            return sessions;
        } catch (RuntimeException e) {
            sessions.close();
            throw e;
        }
    }

    /** Makes the sessions of all servers at the same time, but the sessions of one server one after another. */
    private void make(SessionLayout layout, int count) {
        VectorEnv[] made = new VectorEnv[count];
        List<Callable<Host>> tasks = new ArrayList<>();
        for (int server = 0; server < servers.size(); server++) {
            int first = server;
            tasks.add(() -> makeOn(first, layout, made));
        }
        List<Future<Host>> outcomes = ParallelTasks.run(tasks);
        outcomes.forEach(outcome -> hosts.add(ParallelTasks.get(outcome)));
        envs.addAll(List.of(made));
    }

    private Host makeOn(int first, SessionLayout layout, VectorEnv[] made) {
        RemoteServer server = servers.get(first);
        List<Integer> numbers = new ArrayList<>();
        int environments = 0;
        for (int session = first; session < made.length; session += servers.size()) {
            int size = layout.size(session, made.length);
            // All sessions on one running server use the same Python distributions (installed packages), so only the
            // server's first session reports them. All managed servers use the same Python distributions, so only
            // session 0 reports them.
            boolean reports = session == 0 || start == null && session == first;
            VectorEnv env = server.make(one.withNumEnvs(size).withDistributions(reports));
            opened.add(env);
            made[session] = env;
            numbers.add(session);
            environments += size;
        }
        return new Host(server.address(), server.info(), List.copyOf(numbers), environments);
    }

    /** Starts servers at the same time, because each takes about a second for imports. */
    private List<RemoteServer> startServers(int count) {
        List<Callable<ManagedServer>> tasks = Collections.nCopies(count, () -> ManagedServer.start(start));
        RuntimeException failure = null;
        List<RemoteServer> connections = new ArrayList<>();
        for (Future<ManagedServer> outcome : ParallelTasks.run(tasks)) {
            try {
                connections.add(connect(ParallelTasks.get(outcome)));
            } catch (RuntimeException e) {
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
        return connections;
    }

    private RemoteServer connect(ManagedServer server) {
        opened.add(server);
        RemoteServer connection = server.connect();
        opened.add(connection);
        return connection;
    }

    /** The sessions, in the order of their environments' numbers. */
    public List<VectorEnv> envs() {
        return envs;
    }

    /** Whether the sessions are on managed servers. */
    public boolean areOnOwnServers() {
        return start != null;
    }

    /** The servers that host the sessions. */
    public List<Host> hosts() {
        return hosts;
    }

    /**
     * Opens a further session with new environments. They are made with the same options as the environments of the
     * first sessions. Several further sessions can be open at the same time if each has a different {@code side}. The
     * caller closes a session before it opens the next session of the same side. Threads may call this method at the
     * same time. A managed server hosts one session at a time. So, if this object uses managed servers, the first call
     * with a side starts a server for this side.
     *
     * @param side a number from 0; sessions of different sides simulate at the same time if the servers allow it
     * @param count the number of environments of the session
     */
    public VectorEnv openFurther(int side, int count) {
        RemoteServer server = start == null
                ? servers.get(side % servers.size())
                : further.computeIfAbsent(side, absent -> connect(ManagedServer.start(start)));
        return server.make(one.withNumEnvs(count));
    }

    /** Closes the sessions, the connections, and the servers that this object started. */
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
