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
 * The sessions of one command on the servers of a place, as long as it lasts: opens them, notices when one is lost, and
 * opens all of them again on the servers that are there then. Who uses them restores their state.
 */
public final class Fleet {

    private final Place place;
    private final MakeOptions one;
    private final Spread spread;
    private final Consumer<String> console;
    private final Losses losses = new Losses();
    private Likeness.Definition definition; // null before the first opening
    private String remark = "";
    private int servers = 1; // the most that hosted sessions at once

    /**
     * Sessions to come.
     *
     * @param one environment of them
     * @param console told who hosts what on several servers, who is waited for and who is skipped
     */
    public Fleet(Place place, MakeOptions one, Spread spread, Consumer<String> console) {
        this.place = place;
        this.one = one;
        this.spread = spread;
        this.console = console;
    }

    /**
     * Opens the sessions, for the first time or after a loss. The first time all servers of a list are waited for, and
     * then those are skipped that do not answer; after a loss any server will do.
     *
     * @param stop whether the process is asked to end: then nothing is waited for any more
     * @throws EnvironmentException if no server answers in time, or one refuses what is asked
     */
    public Sessions open(BooleanSupplier stop) throws IOException {
        Patience patience = place.patience();
        Duration longest = isAgain() ? patience.afterLoss() : patience.first();
        Waiting waiting = new Waiting(longest, stop, console);
        return waiting.until(() -> openOnce(waiting), this::mayPass);
    }

    private Sessions openOnce(Waiting waiting) throws IOException {
        if (place.running().isEmpty()) {
            return Sessions.onOwnServers(place.start(), one, spread.envs(), spread.workers());
        }
        Connections connections = connect(place.running().get(), waiting);
        Sessions sessions = Sessions.on(connections, one, spread);
        try {
            requireSameDefinition(sessions);
        } catch (EnvironmentException e) {
            sessions.close();
            throw e;
        }
        tell(sessions.hosts(), connections);
        servers = Math.max(servers, sessions.hosts().size());
        return sessions;
    }

    private Connections connect(ServerList list, Waiting waiting) throws IOException {
        try {
            return Connections.open(list.read(), !isAgain() && !waiting.isOver());
        } catch (FileException e) {
            if (!isAgain()) {
                throw e;
            }
            // Who moves servers may be writing the list just now.
            throw new EnvironmentException(ErrorCode.UNAVAILABLE, "", e.getMessage(), e);
        }
    }

    private void requireSameDefinition(Sessions sessions) {
        for (Host host : sessions.hosts()) {
            int session = host.sessions().get(0);
            Likeness.Definition other = new Likeness.Definition(
                    host.address(), sessions.envs().get(session).distributions());
            if (definition == null) {
                definition = other;
            }
            Likeness.require(definition, other);
        }
    }

    private void tell(List<Host> hosts, Connections connections) {
        boolean isTheOneNamed =
                connections.answering().size() == 1 && connections.missing().isEmpty();
        if (!isTheOneNamed || isAgain()) {
            console.accept(HostsLine.of(hosts, connections));
        }
        Optional<String> differs = Likeness.remark(hosts);
        if (differs.isPresent() && !differs.get().equals(remark)) {
            remark = differs.get();
            console.accept(remark);
        }
    }

    private boolean isAgain() {
        return !losses.isEmpty();
    }

    /** After a loss the sessions of before may still count on a server, until their leases end. */
    private boolean mayPass(EnvironmentException e) {
        return Connections.isNoAnswer(e) || isAgain() && e.code() == ErrorCode.RESOURCE_EXHAUSTED;
    }

    /**
     * Records the loss of a session, so that all of them can be opened again.
     *
     * @param step that the run will go on from
     * @throws EnvironmentException the failure itself, if it is no such loss, or one too many at this step
     */
    public void recordLoss(EnvironmentException failure, long step) {
        losses.record(failure, step, servers);
    }

    /** The losses so far. */
    public List<Loss> losses() {
        return losses.all();
    }
}
