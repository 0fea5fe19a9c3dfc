// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.EnvironmentSpec;
import io.gymwire.env.MakeOptions;
import io.gymwire.env.VectorEnv;
import io.gymwire.env.remote.EnvironmentEntry;
import io.gymwire.env.remote.RemoteServer;
import io.gymwire.env.remote.ServerInfo;
import io.gymwire.fleet.Servers;
import io.gymwire.learn.EnvironmentSettings;
import io.gymwire.settings.Settings;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/**
 * {@code gymwire info}: describes the servers and lists the environments of the first server, or describes one
 * environment.
 */
@Command(
        name = "info",
        sortOptions = false,
        abbreviateSynopsis = true,
        modelTransformer = SettingOptions.EnvironmentAdder.class,
        description =
                "Without ENV_ID: describes the servers and lists the environments of the first server. With ENV_ID:"
                        + " describes one environment.")
final class InfoCommand implements Callable<Integer>, SettingOptions.Holder {

    @Parameters(index = "0", arity = "0..1", paramLabel = "ENV_ID", description = "The environment to describe.")
    private String envId;

    @Mixin
    private ServerOption server;

    private SettingOptions options;

    @Override
    public void setSettings(SettingOptions options) {
        this.options = options;
    }

    @Override
    public Integer call() throws IOException {
        Settings settings = options.over(Settings.DEFAULTS);
        try (Servers servers = new Servers(server.hosting(options, settings), System.err::println)) {
            RemoteServer remote = servers.first();
            if (envId == null) {
                for (RemoteServer each : servers.all()) {
                    if (servers.all().size() > 1) {
                        System.out.println("address       " + each.address());
                    }
                    describe(each.info());
                }
                remote.listEnvironments().forEach(InfoCommand::list);
            } else {
                MakeOptions one = EnvironmentSettings.makeOptions(envId, settings);
                try (VectorEnv env = remote.make(one.withDistributions(true))) {
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
        ServerInfo.Packages packages = fingerprint.packages();
        packages.versions().forEach((name, version) -> System.out.printf("%-13s %s%n", name, version));
        packages.unlocked()
                .forEach((name, version) ->
                        System.out.printf("%-13s %s, instead of the version in Gymwire's lock file%n", name, version));
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
        System.out.println("Python packages    "
                + env.distributions().entrySet().stream()
                        .map(entry -> entry.getKey() + " " + entry.getValue())
                        .collect(Collectors.joining(", ")));
    }
}
