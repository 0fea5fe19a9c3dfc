// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.RemoteServer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A line that shows how the sessions are distributed over the servers. */
final class HostsLine {

    /**
     * A line names at most this number of servers with sessions, and at most this number of servers without sessions.
     * More names would make the line hard to read.
     */
    private static final int MOST_NAMES = 8;

    private HostsLine() {}

    /**
     * The line about these servers.
     *
     * @param hosts the servers with sessions; they are the first servers of {@code connections}
     */
    static String of(List<Host> hosts, Connections connections) {
        List<String> each = new ArrayList<>();
        hosts.stream()
                .limit(MOST_NAMES)
                .forEach(host -> each.add(host.sessions().size() + " on " + host.address()));
        if (hosts.size() > MOST_NAMES) {
            int sessions = hosts.stream()
                    .skip(MOST_NAMES)
                    .mapToInt(host -> host.sessions().size())
                    .sum();
            each.add(sessions + " on " + others(hosts.size()));
        }
        List<String> addresses = connections.answering().stream()
                .skip(hosts.size())
                .map(RemoteServer::address)
                .toList();
        String idle = addresses.stream().limit(MOST_NAMES).collect(Collectors.joining(", "))
                + (addresses.size() > MOST_NAMES ? ", " + others(addresses.size()) : "");
        return "sessions: " + String.join(", ", each)
                + (idle.isEmpty() ? "" : "; none on " + idle + ", as there are more servers than sessions")
                + (connections.missing().isEmpty() ? "" : "; skipped " + connections.missing());
    }

    private static String others(int servers) {
        int others = servers - MOST_NAMES;
        return others + " other server" + (others == 1 ? "" : "s");
    }
}
