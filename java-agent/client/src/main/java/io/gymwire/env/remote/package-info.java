// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Environments that a Python server hosts, stepped over gRPC, n at a time. In comes a server's address or its folder;
 * out come {@link io.gymwire.env.VectorEnv}s and {@link io.gymwire.env.Env}s whose sessions survive a broken
 * connection. No other package knows of gRPC and protobuf. Read {@link io.gymwire.env.remote.ManagedServer} first,
 * which starts a server, and {@link io.gymwire.env.remote.RemoteServer}, which connects to one and makes environments;
 * then {@code SessionStream}, which carries the requests of a session.
 */
package io.gymwire.env.remote;
