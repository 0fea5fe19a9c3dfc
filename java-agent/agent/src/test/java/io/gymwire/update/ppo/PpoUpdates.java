// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.update.ppo;

import io.gymwire.linalg.RandomStream;
import io.gymwire.rollout.Batch;
import io.gymwire.settings.Settings;
import io.gymwire.testing.Golden;
import io.gymwire.testing.GoldenUpdate;
import io.gymwire.update.UpdateSettings;
import java.util.List;

/** Functions that make objects for the tests of this package, for example from a {@link GoldenUpdate}. */
final class PpoUpdates {

    private PpoUpdates() {}

    /** The names of PPO's golden files. */
    static List<String> cases() {
        return List.of(
                "ppo_gaussian",
                "ppo_categorical",
                "ppo_product_weighted",
                "ppo_gaussian_penalty",
                "ppo_categorical_penalty",
                "ppo_product_penalty");
    }

    static Settings config(GoldenUpdate golden) {
        Golden file = golden.golden();
        return Settings.DEFAULTS
                .with(UpdateSettings.ENTROPY, file.number("meta", "entropy_coefficient"))
                .with(PpoSettings.EPOCHS, file.count("epochs"))
                .with(PpoSettings.MINIBATCH, file.count("minibatch"))
                .with(PpoSettings.LEARNING_RATE, file.number("meta", "learning_rate"))
                .with(PpoSettings.CLIP_RANGE, file.number("meta", "clip_range"))
                .with(PpoSettings.TARGET_KL, file.number("meta", "target_kl"))
                .with(PpoSettings.KL_PENALTY, file.number("meta", "kl_penalty"))
                .with(PpoSettings.MAX_GRADIENT_NORM, file.number("meta", "max_grad_norm"));
    }

    static Batch batch(GoldenUpdate golden, int update) {
        return new Batch(
                golden.observations(),
                golden.actions(),
                golden.input("update_" + update + "_advantages"),
                golden.input("update_" + update + "_weights"));
    }

    /** The random stream with which golden_ppo.py orders the samples of an update. */
    static RandomStream order(int update) {
        return new RandomStream(42, RandomStream.Role.POLICY_UPDATE, update);
    }
}
