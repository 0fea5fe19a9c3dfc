// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Updates of a policy. The input is a batch of observations, actions and advantages. The output is a new policy or the
 * old one, and metrics of the update.
 *
 * <p>{@link io.gymwire.update.PolicyUpdate} is the interface of all updates. {@code update.natural} contains the
 * updates along the natural gradient. {@code update.ppo} contains proximal policy optimisation.
 *
 * <p>The next package to read is {@code learn}.
 */
package io.gymwire.update;
