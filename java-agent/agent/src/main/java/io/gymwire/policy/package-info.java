// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The policy, which is a network times a distribution over actions, and the critic with its optimiser.
 *
 * <p>The input is observations, one row each. The output is the inputs of action distributions, and values. Parameters
 * are flat {@code double[]} vectors. Next: {@code observe}.
 */
package io.gymwire.policy;
