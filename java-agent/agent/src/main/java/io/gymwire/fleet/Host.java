// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ServerInfo;
import java.util.List;

/**
 * A server and the sessions that it hosts.
 *
 * @param sessions the indices of its sessions among all sessions
 * @param environments the number of environments in these sessions
 */
public record Host(String address, ServerInfo info, List<Integer> sessions, int environments) {}
