// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The collection of data: a policy acts in environments, and the result is batches of transitions with advantages.
 *
 * <p>{@link io.gymwire.rollout.RolloutCollector} steps the environments, {@link io.gymwire.rollout.Rollout} stores
 * their steps, and {@link io.gymwire.rollout.GeneralizedAdvantage} estimates how much better each action was than
 * expected. The next package to read is {@code update}.
 */
package io.gymwire.rollout;
