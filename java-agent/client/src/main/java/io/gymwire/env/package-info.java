// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Gymnasium for Java: environments that a Python server hosts, stepped over gRPC, n at a time. Nothing here knows of
 * an agent. {@link io.gymwire.env.ManagedServer} starts a server, {@link io.gymwire.env.RemoteServer} connects to one,
 * {@link io.gymwire.env.VectorEnv} is what an agent works with, {@link io.gymwire.env.Env} a single environment with
 * Gymnasium's own habits.
 *
 * <pre>{@code
 * try (ManagedServer process = ManagedServer.start();
 *         RemoteServer server = process.connect();
 *         VectorEnv env = server.make("CartPole-v1", 1)) {
 *     env.reset(42);
 *     System.out.println(env.step(env.sampleActions(new java.util.Random(1))).reward(0)); // 1.0
 * }
 * }</pre>
 */
package io.gymwire.env;
