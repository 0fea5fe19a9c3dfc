// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import java.util.List;
import java.util.Map;

/**
 * Who a server is, and what the results of its environments depend on. Equal os, cpu, features, Python and packages
 * give equal trajectories.
 *
 * @param protocolMajor the protocol's major version, the one this client speaks
 * @param protocolMinor the protocol's minor version
 * @param serverVersion the version of the server program
 * @param capabilities the optional parts that the server has, for example {@code interact}
 * @param os the operating system and its C library
 * @param cpu the machine type and processor model
 * @param cpuFeatures the processor features that numerical libraries choose code by
 * @param python the version of Python
 * @param packages the version of each package that matters, by its name
 * @param programSha256 the hash of the server program's sources, in hexadecimal digits
 */
public record ServerInfo(
        int protocolMajor,
        int protocolMinor,
        String serverVersion,
        List<String> capabilities,
        String os,
        String cpu,
        List<String> cpuFeatures,
        String python,
        Map<String, String> packages,
        String programSha256) {}
