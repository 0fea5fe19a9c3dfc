// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Distributions over actions: what a policy's network parametrises.
 *
 * <p>{@link io.gymwire.distribution.Distribution} is the interface. {@link io.gymwire.distribution.ActionModel} chooses
 * a distribution for an action space, and the decoder that makes the environment's actions; it lists all of them. Next:
 * {@code policy}.
 */
package io.gymwire.distribution;
