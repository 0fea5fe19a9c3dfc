// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.MakeOptions;
import io.gymwire.files.FileException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * Opens the sessions of one command on the servers of a {@link Hosting}. When a session is lost, the caller calls
 * {@link #recordLoss} and then {@link #open}, which opens all sessions again: on new managed servers, or on the running
 * servers that answer at that time. Then the caller restores the sessions' state.
 */
public final class Fleet {

    private final Hosting hosting;
    private final MakeOptions one;
    private final SessionLayout layout;
    private final Consumer<String> console;
    private final Losses losses = new Losses();
    private ServerComparison.Definition definition; // null before the first opening; always null with managed servers
    private String remark = "";
    // With managed servers: always 1, however many there are. With running servers: the largest number of servers that
    // one opening has used so far.
    private int servers = 1;

    /**
     * A fleet whose sessions are not open yet.
     *
     * @param one how to make one environment
     * @param console receives lines about the servers: how many sessions each server hosts, whether the fleet waits for
     *     a server or skips a server, and how the servers' machines differ
     */
    public Fleet(Hosting hosting, MakeOptions one, SessionLayout layout, Consumer<String> console) {
        this.hosting = hosting;
        this.one = one;
        this.layout = layout;
        this.console = console;
    }

    /**
     * Opens the sessions, for the first time or after a loss. The first time, this method waits until all servers of a
     * list answer. When the waiting time is over, it skips the servers that do not answer. After a loss, one server is
     * enough.
     *
     * @param stop whether the process is asked to end; then this method stops waiting
     * @throws EnvironmentException if no server answers in time, if a server refuses this client or a session, or if
     *     the servers define the environment differently
     */
    public Sessions open(BooleanSupplier stop) throws IOException {
        WaitTimes waitTimes = hosting.waitTimes();
        Duration longest = isAgain() ? waitTimes.afterLoss() : waitTimes.first();
        Retry waiting = new Retry(longest, stop, console);
        return waiting.until(() -> openOnce(waiting), this::mayPass);
    }

    private Sessions openOnce(Retry waiting) throws IOException {
        if (hosting.running().isEmpty()) {
            return Sessions.onOwnServers(hosting.start(), one, layout.envs(), layout.workers());
        }
        Connections connections = connect(hosting.running().get(), waiting);
        Sessions sessions = Sessions.on(connections, one, layout);
        try {
            requireSameDefinition(sessions);
        } catch (EnvironmentException e) {
            sessions.close();
            throw e;
        }
        report(sessions.hosts(), connections);
        servers = Math.max(servers, sessions.hosts().size());
        return sessions;
    }

    private Connections connect(ServerList list, Retry waiting) throws IOException {
        try {
            return Connections.open(list.read(), !isAgain() && !waiting.isOver());
        } catch (FileException e) {
            if (!isAgain()) {
                throw e;
            }
            // After a loss, the user may write new addresses into the file. While the user writes, the file can be
            // incomplete. A later read can succeed.
            throw new EnvironmentException(ErrorCode.UNAVAILABLE, "", e.getMessage(), e);
        }
    }

    private void requireSameDefinition(Sessions sessions) {
        for (Host host : sessions.hosts()) {
            int session = host.sessions().get(0);
            ServerComparison.Definition other = new ServerComparison.Definition(
                    host.address(), sessions.envs().get(session).distributions());
            if (definition == null) {
                definition = other;
            }
            ServerComparison.require(definition, other);
        }
    }

    private void report(List<Host> hosts, Connections connections) {
        boolean isOnlyServer =
                connections.answering().size() == 1 && connections.missing().isEmpty();
        if (!isOnlyServer || isAgain()) {
            console.accept(HostsLine.of(hosts, connections));
        }
        Optional<String> differs = ServerComparison.remark(hosts);
        if (differs.isPresent() && !differs.get().equals(remark)) {
            remark = differs.get();
            console.accept(remark);
        }
    }

    private boolean isAgain() {
        return !losses.isEmpty();
    }

    /**
     * Whether a later attempt can succeed after a failure. After a loss, a server can be full, because it counts the
     * earlier sessions until their leases end. A lease is the time for which a server keeps an unused session.
     */
    private boolean mayPass(EnvironmentException e) {
        return Connections.isNoAnswer(e) || isAgain() && e.code() == ErrorCode.RESOURCE_EXHAUSTED;
    }

    /**
     * Records the loss of a session, so that all sessions can be opened again.
     *
     * @param step the step from which the run will continue
     * @throws EnvironmentException the failure itself, if there were too many losses at this step, or if the failure is
     *     not the loss of a session
     */
    public void recordLoss(EnvironmentException failure, long step) {
        losses.record(failure, step, servers);
    }

    /** The losses so far. */
    public List<Loss> losses() {
        return losses.all();
    }
}
