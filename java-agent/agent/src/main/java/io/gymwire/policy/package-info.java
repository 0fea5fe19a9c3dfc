// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The policy, which is a network with a distribution over actions, and the critic with its optimiser.
 *
 * <p>The critic is a network too. The input of each network is a matrix with one row for each observation. The outputs
 * of the policy's network, and parameters that do not depend on the observation, define the action distributions. The
 * outputs of the critic's network are values. Parameters are flat {@code double[]} vectors. The next package to read is
 * {@code observe}.
 */
package io.gymwire.policy;
