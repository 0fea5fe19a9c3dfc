// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Updates of a policy. An update learns from a batch of observations, actions, advantages and weights. It changes the
 * policy's parameters in place, or leaves them unchanged, and reports metrics.
 *
 * <p>{@link io.gymwire.update.PolicyUpdate} is the interface of all updates. {@code update.natural} contains the
 * updates along the natural gradient. {@code update.ppo} contains proximal policy optimisation.
 *
 * <p>The next package to read is {@code learn}.
 */
package io.gymwire.update;
