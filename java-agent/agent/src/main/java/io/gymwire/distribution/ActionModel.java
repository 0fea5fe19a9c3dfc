// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.settings.Settings;

/**
 * How a policy acts in an action space.
 *
 * @param distribution over rows of numbers
 * @param decoder makes the environment's actions of these rows
 */
public record ActionModel(Distribution distribution, ActionDecoder decoder) {

    /**
     * The model of an action space: the list of all that policies can drive.
     *
     * @param settings of which a distribution takes those of its kind
     * @throws IllegalArgumentException for a space that no policy drives
     */
    public static ActionModel of(Space space, Settings settings) {
        if (space instanceof DiscreteSpace discrete) {
            return new ActionModel(new Categorical(Math.toIntExact(discrete.n())), new IndexDecoder(discrete));
        }
        if (space instanceof BoxSpace box) {
            BoxDecoder decoder = new BoxDecoder(box);
            boolean[] clipped =
                    settings.get(GaussianSettings.CLIPPED_ACTIONS) ? decoder.clipped() : new boolean[box.size()];
            return new ActionModel(
                    new Gaussian(
                            clipped,
                            settings.get(GaussianSettings.INIT_LOG_STD),
                            settings.get(GaussianSettings.NOISE_COLOR)),
                    decoder);
        }
        throw new IllegalArgumentException("the action space is " + space
                + ", but a policy drives Discrete (categorical policy) and Box (Gaussian policy); choose"
                + " another environment");
    }
}
