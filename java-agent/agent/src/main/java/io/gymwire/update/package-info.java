// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Updates of a policy: a batch of observations, actions and advantages in, a better policy or the old one out, with
 * metrics that say how it was found.
 *
 * <p>{@link io.gymwire.update.PolicyUpdate} is what all of them are; {@code update.natural} has those that follow the
 * natural gradient, {@code update.ppo} proximal policy optimisation. Next: {@code learn}.
 */
package io.gymwire.update;
