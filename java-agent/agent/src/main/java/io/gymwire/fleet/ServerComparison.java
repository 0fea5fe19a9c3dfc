// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.EnvironmentException;
import io.gymwire.env.ErrorCode;
import io.gymwire.env.remote.ServerInfo;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/** A comparison of several servers. Results must not depend on which server hosts which session. */
final class ServerComparison {

    private ServerComparison() {}

    /**
     * The Python packages (distributions) that define the environments on a server.
     *
     * @param distributions a map from the name of each distribution to its version, a hash of its sources, or both
     */
    record Definition(String address, Map<String, String> distributions) {}

    /**
     * Fails if a distribution is missing on one of the two servers, or if its version or its sources differ between
     * them.
     *
     * @param first the definition on the run's first server
     */
    static void require(Definition first, Definition other) {
        List<String> differences = new ArrayList<>();
        TreeSet<String> names = new TreeSet<>(first.distributions().keySet());
        names.addAll(other.distributions().keySet());
        for (String name : names) {
            String one = first.distributions().getOrDefault(name, "absent");
            String two = other.distributions().getOrDefault(name, "absent");
            if (!one.equals(two)) {
                differences.add(
                        name + " is " + one + " at " + first.address() + " and " + two + " at " + other.address());
            }
        }
        if (!differences.isEmpty()) {
            throw new EnvironmentException(
                    ErrorCode.FAILED_PRECONDITION,
                    other.address(),
                    "the servers define the environment differently: " + String.join(", ", differences)
                            + "; results would depend on which server hosts which session, so install the same"
                            + " versions, or leave one of the servers out");
        }
    }

    /**
     * One sentence about the differences between the servers' machines; empty if there are none. Some differences can
     * change results. Others cannot, for example another version of the Linux kernel.
     */
    static Optional<String> remark(List<Host> hosts) {
        List<String> differences = new ArrayList<>();
        addDifference(differences, "the system", hosts, ServerInfo.Fingerprint::os);
        addDifference(differences, "the processor", hosts, ServerInfo.Fingerprint::cpu);
        addDifference(
                differences,
                "the list of processor features",
                hosts,
                fingerprint -> String.join(" ", fingerprint.cpuFeatures()));
        addDifference(differences, "Python", hosts, ServerInfo.Fingerprint::python);
        return differences.isEmpty()
                ? Optional.empty()
                : Optional.of("the servers' machines differ, and results may depend on which server hosts which"
                        + " session: " + String.join("; ", differences));
    }

    private static void addDifference(
            List<String> differences, String what, List<Host> hosts, Function<ServerInfo.Fingerprint, String> part) {
        Host first = hosts.get(0);
        String expected = part.apply(first.info().fingerprint());
        hosts.stream()
                .filter(host -> !part.apply(host.info().fingerprint()).equals(expected))
                .findFirst()
                .ifPresent(other -> differences.add(what + " is " + expected + " at " + first.address() + " and "
                        + part.apply(other.info().fingerprint()) + " at " + other.address()));
    }
}
