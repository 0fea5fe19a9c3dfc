// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import io.gymwire.env.remote.ServerInfo;
import java.util.List;

/**
 * A server and the sessions that it hosts.
 *
 * @param sessions the numbers of its sessions, from 0
 * @param environments the number of environments in these sessions
 */
public record Host(String address, ServerInfo info, List<Integer> sessions, int environments) {}
