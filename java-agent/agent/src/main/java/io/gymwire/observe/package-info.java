// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The inputs of policy and critic: observations become rows of numbers, which are normalised.
 *
 * <p>{@link io.gymwire.observe.Encoder} makes the rows, with one {@code ArrayEncoder} for each array of an observation.
 * {@link io.gymwire.observe.Encoders} creates the encoder of a space. The next package to read is {@code rollout}.
 */
package io.gymwire.observe;
