// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Environments on a Python server. A client steps all environments of a session together over gRPC. The input is a
 * server's address, or the folder of the server program. The outputs are {@link io.gymwire.env.VectorEnv}s and
 * {@link io.gymwire.env.Env}s. After a broken connection, their sessions continue if the server answers again in time.
 * In the client library, only this package and the package of the generated messages use gRPC and protobuf. First read
 * {@link io.gymwire.env.remote.ManagedServer}, which starts a server, and {@link io.gymwire.env.remote.RemoteServer},
 * which connects to a server and makes environments. Then read {@code SessionStream}, which sends the requests of a
 * session.
 */
package io.gymwire.env.remote;
