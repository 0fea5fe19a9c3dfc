// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import java.time.Instant;

/**
 * The loss of a session.
 *
 * @param step the step from which the run continued
 * @param at the time when the loss was noticed
 * @param server the address of the server that hosted the session; empty if the exception that reported the loss
 *     names no server
 * @param reason the message of this exception
 */
public record Loss(long step, Instant at, String server, String reason) {}
