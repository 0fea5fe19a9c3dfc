// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.Snapshot;

/**
 * Where N environments stand between two steps. Environments that are put back to it go on as if nothing had been in
 * between, however they are spread over sessions.
 *
 * @param snapshots each environment's state [N]
 * @param episodeReturns undiscounted return so far of each environment's episode [N]
 * @param episodeLengths steps so far of each environment's episode [N]
 */
public record EnvironmentStates(Snapshot[] snapshots, double[] episodeReturns, long[] episodeLengths) {}
