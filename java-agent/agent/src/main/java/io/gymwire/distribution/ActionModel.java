// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.env.space.ArraySpace;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Leaves;
import io.gymwire.env.space.MultiBinarySpace;
import io.gymwire.env.space.MultiDiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.settings.Choices;
import io.gymwire.settings.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A policy's distribution over actions, and the decoder of its draws.
 *
 * @param distribution the distribution from which actions are drawn; one draw is a row of numbers
 * @param decoder turns these rows into the environment's actions
 */
public record ActionModel(Distribution distribution, ActionDecoder decoder) {

    /**
     * The model of an action space. Each of the {@link Leaves} of the space has its own distribution; a MultiDiscrete
     * leaf has one distribution for each of its elements, and a Box without elements has none. All distributions are
     * independent.
     *
     * @param settings the run's settings; each distribution uses the settings of its kind
     * @throws IllegalArgumentException for a space in which no policy can act
     */
    public static ActionModel of(Space space, Settings settings) {
        Builder builder = new Builder(settings);
        leaves(space).forEach(builder::add);
        if (builder.factors.isEmpty()) {
            throw new IllegalArgumentException(
                    "the action space is " + space + ", which has no elements, so a policy has nothing to choose");
        }
        Distribution distribution =
                builder.factors.size() == 1 ? builder.factors.get(0).distribution() : new Product(builder.factors);
        return new ActionModel(distribution, new ActionDecoder(space, builder.decoders));
    }

    /**
     * The numbers of choices, one for each element of an action.
     *
     * @throws IllegalArgumentException if the space is not Discrete or MultiDiscrete
     */
    public static int[] choices(Space space) {
        if (space instanceof DiscreteSpace || space instanceof MultiDiscreteSpace) {
            return Choices.of(space);
        }
        throw new IllegalArgumentException("the action space is " + space
                + "; action masks work only with Discrete and MultiDiscrete actions;" + " leave --action-mask out");
    }

    private static List<Leaves.Leaf> leaves(Space space) {
        try {
            return Leaves.of(space);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the action space is " + space + ", and " + e.getMessage()
                            + "; a policy can act in Box, Discrete, MultiDiscrete, MultiBinary, and Dict and Tuple of"
                            + " them. Write a wrapper whose action space is one of these",
                    e);
        }
    }

    /** A builder of a model. Its method {@code add} has a case for each kind of leaf in which a policy can act. */
    private static final class Builder {

        private final Settings settings;
        private final List<Product.Factor> factors = new ArrayList<>();
        private final List<PartDecoder> decoders = new ArrayList<>();
        private final Set<String> names = new HashSet<>();
        private FactorPosition place = FactorPosition.FIRST;

        Builder(Settings settings) {
            this.settings = settings;
        }

        void add(Leaves.Leaf leaf) {
            ArraySpace space = leaf.space();
            int size = space.size();
            if (space instanceof DiscreteSpace discrete) {
                add(leaf.path(), new Categorical(Choices.of(space)[0], place));
                decoders.add(new ChoicesDecoder(discrete.start()));
            } else if (space instanceof MultiDiscreteSpace discrete) {
                int[] choices = Choices.of(space);
                for (int i = 0; i < size; i++) {
                    add(leaf.path() + "." + i, new Categorical(choices[i], place));
                }
                decoders.add(new ChoicesDecoder(discrete.start().toLongs()));
            } else if (space instanceof MultiBinarySpace) {
                add(leaf.path(), new Bernoulli(size, place));
                decoders.add(new ChoicesDecoder(new long[size]));
            } else if (space instanceof BoxSpace box) {
                BoxDecoder decoder = new BoxDecoder(box);
                if (size > 0) {
                    add(leaf.path(), gaussian(decoder));
                }
                decoders.add(decoder);
            } else {
                throw new IllegalArgumentException("no policy can act in " + space);
            }
        }

        private void add(String name, Distribution distribution) {
            String own = distribution.parameters().isEmpty() ? name : unique(name);
            factors.add(new Product.Factor(own, distribution, place));
            place = place.behind(distribution);
        }

        /** The key a.b, and the key b inside a, give the same name. The names of parameters must differ. */
        private String unique(String name) {
            String unique = name;
            for (int number = 2; !names.add(unique); number++) {
                unique = name + "#" + number;
            }
            return unique;
        }

        private Gaussian gaussian(BoxDecoder decoder) {
            boolean[] clipped =
                    settings.get(GaussianSettings.CLIPPED_ACTIONS) ? decoder.clipped() : new boolean[decoder.size()];
            return new Gaussian(
                    clipped,
                    settings.get(GaussianSettings.INIT_LOG_STD),
                    settings.get(GaussianSettings.NOISE_COLOR),
                    place);
        }
    }
}
