// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.fleet;

import java.time.Instant;

/**
 * The loss of a session.
 *
 * @param step that the run went on from
 * @param at when it was noticed
 * @param server its address
 * @param reason in one sentence
 */
public record Loss(long step, Instant at, String server, String reason) {}
