// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The policy, which is a network with a distribution over actions, and the critic with its optimiser.
 *
 * <p>The input is observations, with one row for each observation. The output is the inputs of action distributions,
 * and values. Parameters are flat {@code double[]} vectors. The next package is {@code observe}.
 */
package io.gymwire.policy;
