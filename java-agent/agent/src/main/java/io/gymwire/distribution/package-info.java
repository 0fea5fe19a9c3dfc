// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Distributions over actions. The outputs of a policy's network are parameters of these distributions.
 *
 * <p>{@link io.gymwire.distribution.Distribution} is the interface. {@link io.gymwire.distribution.ActionModel} lists
 * all distributions. For an action space, it chooses a distribution and a decoder. The decoder turns the drawn numbers
 * into the environment's actions. The next package to read is {@code policy}.
 */
package io.gymwire.distribution;
