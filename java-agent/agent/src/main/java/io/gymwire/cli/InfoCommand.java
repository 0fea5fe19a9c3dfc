// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.EnvironmentSpec;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.ConnectOptions;
import io.gymwire.env.remote.EnvironmentEntry;
import io.gymwire.env.remote.ManagedServer;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.remote.ServerInfo;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code gymwire info}: describes the server and its environments, or one environment. */
@Command(name = "info", description = "Describes the server and lists its environments, or describes one environment.")
final class InfoCommand implements Callable<Integer> {

    @Parameters(index = "0", arity = "0..1", paramLabel = "ENV_ID", description = "The environment to describe.")
    private String envId;

    @Mixin
    private ServerOption server;

    @Override
    public Integer call() {
        Optional<ConnectOptions> running = server.server();
        try (ManagedServer managed = running.isEmpty() ? ManagedServer.start(server.timeouts()) : null;
                RemoteServer remote = managed == null ? RemoteServer.connect(running.get()) : managed.connect()) {
            if (envId == null) {
                describe(remote.info());
                remote.listEnvironments().forEach(InfoCommand::list);
            } else {
                try (VectorEnv env = remote.make(envId, 1)) {
                    describe(env);
                }
            }
        }
        return 0;
    }

    private static void describe(ServerInfo info) {
        System.out.println("server        gymwire " + info.serverVersion() + ", protocol " + info.protocol());
        ServerInfo.Fingerprint fingerprint = info.fingerprint();
        System.out.println("python        " + fingerprint.python());
        fingerprint.packages().forEach((name, version) -> System.out.printf("%-13s %s%n", name, version));
        System.out.println("machine       " + fingerprint.os() + ", " + fingerprint.cpu());
        System.out.println("cpu features  " + String.join(" ", fingerprint.cpuFeatures()));
        System.out.println();
    }

    private static void list(EnvironmentEntry entry) {
        EnvironmentSpec spec = entry.spec();
        String limit =
                spec.maxEpisodeSteps().isPresent() ? spec.maxEpisodeSteps().getAsLong() + " steps" : "no limit";
        System.out.printf(
                "%-32s %-12s %s%n", spec.id(), limit, entry.unavailableReason().orElse(""));
    }

    private static void describe(VectorEnv env) {
        EnvironmentSpec spec = env.spec();
        System.out.println("environment        " + spec.id());
        System.out.println("observation space  " + env.singleObservationSpace());
        System.out.println("action space       " + env.singleActionSpace());
        System.out.println("episode limit      "
                + (spec.maxEpisodeSteps().isPresent() ? spec.maxEpisodeSteps().getAsLong() + " steps" : "none"));
        System.out.println("reward threshold   "
                + (spec.rewardThreshold().isPresent() ? spec.rewardThreshold().getAsDouble() : "none"));
    }
}
