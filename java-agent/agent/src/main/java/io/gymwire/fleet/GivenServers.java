// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ConnectOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/**
 * Servers with fixed addresses. Their token can change, so each {@link #read} makes new connect options.
 *
 * @param addresses the servers' addresses, in order
 * @param reached makes the options for a connection to an address; called for each address at each {@link #read}
 */
public record GivenServers(List<String> addresses, Function<String, ConnectOptions> reached) implements ServerList {

    /** Refuses an address that is given twice. */
    public GivenServers {
        addresses = List.copyOf(addresses);
        Set<String> known = new HashSet<>();
        for (String address : addresses) {
            if (!known.add(address)) {
                throw new IllegalArgumentException("the server " + address + " is named twice, so it would get"
                        + " twice its share of the sessions; name each server once");
            }
        }
    }

    @Override
    public List<ConnectOptions> read() {
        return addresses.stream().map(reached).toList();
    }
}
