// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import java.util.Random;

/** Plays CartPole with random actions. */
public final class RandomAgent {
    public static void main(String[] args) {
        try (ManagedServer process = ManagedServer.start();
                RemoteServer server = process.connect();
                VectorEnv env = server.make("CartPole-v1", 1)) {
            Random random = new Random(7);
            env.reset(42);
            for (int episode = 0, length = 1; episode < 5; length++) {
                VectorStep step = env.step(env.sampleActions(random));
                if (step.ended(0)) {
                    System.out.println("episode " + ++episode + " lasted " + length + " steps");
                    length = 0;
                }
            }
        }
    }
}
