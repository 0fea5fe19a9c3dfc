// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The networks: a tanh multilayer perceptron, the two policies over it, and the value function with its optimiser.
 *
 * <p>In come observations, one row each; out go actions, log-probabilities, divergences, values and the products with
 * Jacobians that the learner needs. Parameters are flat {@code double[]} vectors. Next: {@code rollout}.
 */
package io.gymwire.policy;
