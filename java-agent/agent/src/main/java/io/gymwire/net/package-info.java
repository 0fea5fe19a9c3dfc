// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Networks: functions of a batch of rows, with derivatives with respect to a flat vector of parameters.
 *
 * <p>{@link io.gymwire.net.Network} is the interface, {@link io.gymwire.net.Mlp} is its implementation. The next
 * package to read is {@code distribution}.
 */
package io.gymwire.net;
