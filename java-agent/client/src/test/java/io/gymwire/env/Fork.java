// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;

/** Tries five actions from one state of a pendulum. */
public final class Fork {
    public static void main(String[] args) {
        try (ManagedServer process = ManagedServer.start();
                RemoteServer server = process.connect();
                Env env = new TimeLimit(server.makeEnv("Pendulum-v1"), 100)) {
            env.reset(42);
            Snapshot start = env.snapshot();
            for (double torque = -2; torque <= 2; torque++) {
                env.restore(start);
                System.out.println("a torque of " + torque + " gives the reward "
                        + env.step(new double[] {torque}).reward());
            }
        }
    }
}
