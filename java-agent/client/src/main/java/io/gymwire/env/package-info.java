// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Gymnasium for Java: the interfaces of environments, which can run on any machine. The inputs are
 * {@link io.gymwire.env.MakeOptions}, {@link io.gymwire.env.ResetOptions} and actions. The outputs are observations,
 * rewards and infos ({@link io.gymwire.env.VectorReset}, {@link io.gymwire.env.VectorStep}), or an
 * {@link io.gymwire.env.EnvironmentException}. This package does not depend on an agent or on gRPC. Read
 * {@link io.gymwire.env.VectorEnv} first: an agent uses it. Then read {@link io.gymwire.env.Env}, a single environment
 * as in Gymnasium. {@link io.gymwire.env.space} contains the spaces and their members. {@link io.gymwire.env.remote}
 * contains the environments of a Python server:
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
