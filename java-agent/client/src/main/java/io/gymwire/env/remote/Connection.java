// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.grpc.ManagedChannel;
import java.util.function.Supplier;

/**
 * The objects that all sessions of one connection share.
 *
 * @param channel the channel of the sessions' streams and of the unary calls
 * @param address the server's address, for messages
 * @param timeouts how long to wait for answers
 * @param postMortem describes how a lost server's process ended; an empty text if nothing is known
 * @param refusals how long the server's address has refused connections
 */
record Connection(
        ManagedChannel channel, String address, Timeouts timeouts, Supplier<String> postMortem, Refusals refusals) {}
