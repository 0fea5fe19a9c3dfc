// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * What policy and critic see: observations in, rows of numbers out, and these normalised.
 *
 * <p>{@link io.gymwire.observe.Encoder} is the interface, one implementation for each kind of space;
 * {@link io.gymwire.observe.Encoders} chooses. Next: {@code rollout}.
 */
package io.gymwire.observe;
