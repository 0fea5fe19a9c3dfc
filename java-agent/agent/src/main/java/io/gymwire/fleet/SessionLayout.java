// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

/**
 * The division of the environments into sessions.
 *
 * @param envs the number of environments, N
 * @param workers number of sessions, 1 to N; the minimum number if {@code chosen} is false
 * @param chosen whether the number of sessions is fixed, usually because the user chose it; otherwise every running
 *     server gets a session if there are enough environments
 */
public record SessionLayout(int envs, int workers, boolean chosen) {

    /** The number of sessions on {@code servers} running servers. */
    int sessions(int servers) {
        return chosen ? workers : Math.min(envs, Math.max(workers, servers));
    }

    /** The number of environments in a session; sessions are counted from 0. */
    int size(int session, int sessions) {
        return (int) ((long) envs * (session + 1) / sessions - (long) envs * session / sessions);
    }
}
