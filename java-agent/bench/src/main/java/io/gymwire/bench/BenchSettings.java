// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.fleet.Sessions;
import io.gymwire.learn.RunConfig;
import io.gymwire.learn.RunSettings;
import io.gymwire.rollout.RolloutSettings;
import io.gymwire.settings.Settings;
import java.util.List;

/**
 * The settings of a bench: what to measure and how long.
 *
 * @param envIds the ids of the environments, e.g. CartPole-v1
 * @param repeats how often each thing is measured. For updates, this is the number of groups: in a group, several
 *     updates are measured in a row. The result is the median of all measurements
 * @param quick whether this is a smoke test: everything runs, and the figures mean nothing
 */
public record BenchSettings(List<String> envIds, int repeats, boolean quick) {

    public BenchSettings {
        if (repeats < 1) {
            throw new IllegalArgumentException("--repeats must be at least 1; got " + repeats);
        }
        if (envIds.isEmpty() || envIds.stream().anyMatch(String::isBlank)) {
            throw new IllegalArgumentException(
                    "--envs must name environments, e.g. CartPole-v1,HalfCheetah-v5; got " + envIds);
        }
    }

    /** The configuration of a training on an environment. */
    RunConfig config(String envId) {
        int cores = Runtime.getRuntime().availableProcessors();
        int workers = Sessions.workersFor(envId, Settings.DEFAULTS.get(RolloutSettings.ENVS), cores);
        // sb3-contrib, with which Gymwire is compared, anneals neither delta nor the critic's learning rate. So Gymwire
        // keeps both constant here too.
        return new RunConfig(
                envId, Settings.DEFAULTS.with(RunSettings.WORKERS, workers).with(RunSettings.ANNEAL, 1.0));
    }

    /** The usual duration in seconds, or a hundredth of it in a smoke test. */
    double seconds(double usual) {
        return quick ? usual / 100 : usual;
    }

    /** The usual number of repetitions, or 1 in a smoke test. */
    int count(int usual) {
        return quick ? 1 : usual;
    }
}
