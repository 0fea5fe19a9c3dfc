// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import io.gymwire.env.Snapshot;

/**
 * The states of N environments between two steps. Environments that are restored to these states continue exactly as
 * the original environments would have continued. They can be in other sessions than the originals.
 *
 * @param snapshots each environment's state [N]
 * @param episodeReturns undiscounted return so far of each environment's episode [N]
 * @param episodeLengths steps so far of each environment's episode [N]
 */
public record EnvironmentStates(Snapshot[] snapshots, double[] episodeReturns, long[] episodeLengths) {}
