// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The policy, which is a network with a distribution over actions, and the critic with its optimiser.
 *
 * <p>The input of both networks is a matrix with one row for each observation. The policy's outputs are the numbers
 * that define the action distributions, and the critic's outputs are values. Parameters are flat {@code double[]}
 * vectors. The next package to read is {@code observe}.
 */
package io.gymwire.policy;
