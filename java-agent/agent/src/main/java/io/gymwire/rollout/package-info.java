// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Experience: environments and a policy in, batches of transitions with advantages out.
 *
 * <p>{@link io.gymwire.rollout.RolloutCollector} steps the environments, {@link io.gymwire.rollout.Rollout} holds what
 * happened, {@link io.gymwire.rollout.GeneralizedAdvantage} says how much better each action was than expected. Next:
 * {@code update}.
 */
package io.gymwire.rollout;
