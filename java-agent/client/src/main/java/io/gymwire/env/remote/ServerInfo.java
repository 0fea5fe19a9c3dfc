// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.util.List;
import java.util.Map;

/**
 * Who a server is, and what the results of its environments depend on.
 *
 * @param protocol the version of the protocol that the server speaks
 * @param serverVersion the version of the server program
 * @param capabilities the optional parts that the server has, for example {@code interact}
 * @param fingerprint the machine and the software that the environments run on
 * @param programSha256 the hash of the server program's sources, in hexadecimal digits
 */
public record ServerInfo(
        ProtocolVersion protocol,
        String serverVersion,
        List<String> capabilities,
        Fingerprint fingerprint,
        String programSha256) {

    /**
     * A version of the protocol between client and server.
     *
     * @param major the one that both sides must share
     * @param minor larger where something was added that older programs can do without
     */
    public record ProtocolVersion(int major, int minor) {
        @Override
        public String toString() {
            return major + "." + minor;
        }
    }

    /**
     * The machine and the software that environments run on. Equal fingerprints give equal trajectories.
     *
     * @param os the operating system and its C library
     * @param cpu the machine type and processor model
     * @param cpuFeatures the processor features that numerical libraries choose code by
     * @param python the version of Python
     * @param packages what is installed
     */
    public record Fingerprint(String os, String cpu, List<String> cpuFeatures, String python, Packages packages) {}

    /**
     * What is installed in a server's environment, by name.
     *
     * @param versions the version of each package that matters
     * @param unlocked the version of each package that is not that of Gymwire's lock file, for the user has unlocked it
     */
    public record Packages(Map<String, String> versions, Map<String, String> unlocked) {}
}
