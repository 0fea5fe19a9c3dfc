// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.Space;
import io.gymwire.learn.RunConfig;
import io.gymwire.rollout.RolloutSettings;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The settings with which Gymwire and the {@link Peer} train in a comparison. */
enum TrainProtocol {
    /**
     * Gymwire has its defaults, except that it does not anneal, because the peer has no annealing. The peer has the
     * same values, as far as it has these settings.
     */
    GYMWIRE_DEFAULTS(
            "gymwire_defaults",
            "both with Gymwire's defaults",
            List.of("--anneal", "1"),
            Map.of("CartPole-v1", 4.0, "HalfCheetah-v5", 3.0, "Humanoid-v5", 2.5)) {
        @Override
        void make(Peer peer, RunConfig config) throws IOException {
            peer.make(config);
        }
    },
    /**
     * Both sides have the peer's defaults for the networks, the conjugate gradient iterations, and the critic's passes
     * and minibatches. An iteration has 2,048 steps, from 8 environments. Gymwire keeps its own trust region, annealing
     * and normaliser.
     */
    PEER_DEFAULTS(
            "peer_defaults",
            "both with sb3-contrib's defaults",
            List.of(
                    "--hidden",
                    "64,64",
                    "--critic-hidden",
                    "64,64",
                    "--reuse",
                    "1",
                    "--cg-iterations",
                    "15",
                    "--critic-epochs",
                    "10",
                    "--critic-batch",
                    "128"),
            Map.of("CartPole-v1", 4.5, "HalfCheetah-v5", 3.0, "Humanoid-v5", 2.3)) {
        @Override
        List<String> options(Space actionSpace) {
            List<String> options = new ArrayList<>(super.options(actionSpace));
            if (actionSpace instanceof BoxSpace) {
                options.addAll(List.of("--noise-color", "0"));
            }
            return options;
        }

        @Override
        void make(Peer peer, RunConfig config) throws IOException {
            peer.makeWithDefaults(config.envId(), config.get(RolloutSettings.ENVS), config.get(RolloutSettings.BATCH));
        }
    };

    private final String id;
    private final String title;
    private final List<String> options;
    private final Map<String, Double> goals;

    TrainProtocol(String id, String title, List<String> options, Map<String, Double> goals) {
        this.id = id;
        this.title = title;
        this.options = options;
        this.goals = goals;
    }

    /** The name in files. */
    String id() {
        return id;
    }

    String title() {
        return title;
    }

    /** The options of {@code train} that set up this comparison. Some have the values of Gymwire's defaults. */
    List<String> options(Space actionSpace) {
        return options;
    }

    /** For each environment with a goal, the factor by which Gymwire should train faster than the peer. */
    Map<String, Double> goals() {
        return goals;
    }

    /** Makes the peer's model for an environment. */
    abstract void make(Peer peer, RunConfig config) throws IOException;
}
