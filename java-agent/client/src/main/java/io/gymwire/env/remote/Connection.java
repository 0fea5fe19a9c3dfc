// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.grpc.ManagedChannel;
import java.util.function.Supplier;

/**
 * What the sessions of one connection share.
 *
 * @param channel carries their streams
 * @param address the server's, for messages
 * @param timeouts how long to wait for answers
 * @param postMortem tells what is known of a server that does not answer any more; empty if nothing
 * @param refusals of the server's address
 */
record Connection(
        ManagedChannel channel, String address, Timeouts timeouts, Supplier<String> postMortem, Refusals refusals) {}
