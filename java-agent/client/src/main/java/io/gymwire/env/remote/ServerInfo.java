// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.util.List;
import java.util.Map;

/**
 * A server's description of itself, and the facts that affect the results of its environments.
 *
 * @param protocol the server's version of the protocol
 * @param serverVersion the version of the server program
 * @param capabilities the optional features that the server has, for example {@code interact}
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
     * @param major the part that must be equal on both sides
     * @param minor the part that increases when something is added that the other side may ignore
     */
    public record ProtocolVersion(int major, int minor) {
        @Override
        public String toString() {
            return major + "." + minor;
        }
    }

    /**
     * The machine and the software that environments run on. With equal fingerprints and equal packages of an
     * environment ({@link io.gymwire.env.VectorEnv#distributions}), equal seeds and actions give equal trajectories,
     * unless the environment is nondeterministic.
     *
     * @param os the operating system and its C library
     * @param cpu the machine type and processor model
     * @param cpuFeatures the processor features by which numerical libraries choose their code
     * @param python the version of Python
     * @param packages the versions of installed packages
     */
    public record Fingerprint(String os, String cpu, List<String> cpuFeatures, String python, Packages packages) {}

    /**
     * The packages in a server's Python environment, by name.
     *
     * @param versions the versions of some packages, for example gymnasium, mujoco and numpy;
     *     {@link io.gymwire.env.VectorEnv#distributions} has the packages of an environment
     * @param unlocked the versions that the user has installed instead of the versions in Gymwire's lock file
     */
    public record Packages(Map<String, String> versions, Map<String, String> unlocked) {}
}
