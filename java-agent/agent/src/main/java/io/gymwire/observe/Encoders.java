// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.env.space.ArraySpace;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DictSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.Leaves;
import io.gymwire.env.space.MultiBinarySpace;
import io.gymwire.env.space.MultiDiscreteSpace;
import io.gymwire.env.space.Space;
import io.gymwire.settings.Choices;
import io.gymwire.settings.MaskSource;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** The choice of an encoder for a space. Each array in the space ({@link Leaves}) gets an encoder for its kind. */
public final class Encoders {

    /**
     * The maximum number of elements of a picture. Each Box or MultiBinary with two or more axes counts as a picture.
     * Larger pictures need a convolutional network, which Gymwire does not have. Wrappers can make them smaller or
     * flatten them.
     */
    private static final int MAX_PICTURE = 4096;

    private Encoders() {}

    /** An encoder of an observation space without an action mask; see {@link #of(Space, MaskSource, int...)}. */
    public static Encoder of(Space space, int... observed) {
        return of(space, MaskSource.NONE, observed);
    }

    /**
     * An encoder of one environment's observation space.
     *
     * @param mask the place of the action mask, which is not normalised
     * @param observed the elements of a Box to use, as indices in row-major order, ascending; empty for all
     * @throws IllegalArgumentException if the space cannot become rows of a fixed length, has no elements, contains a
     *     picture that is too large (checked only if {@code observed} is empty), or is not a Box with the elements in
     *     {@code observed} (checked only if {@code observed} is not empty)
     */
    public static Encoder of(Space space, MaskSource mask, int... observed) {
        if (observed.length > 0) {
            if (!(space instanceof BoxSpace box)) {
                throw new IllegalArgumentException("observe chooses elements of a Box, but the observation space is "
                        + space + "; give --observe all");
            }
            return new Encoder(space, List.of(new Encoder.Part(0, "", selecting(box, observed))), observed);
        }
        List<Encoder.Part> parts = new ArrayList<>();
        List<Leaves.Leaf> leaves = leaves(space);
        for (int i = 0; i < leaves.size(); i++) {
            ArrayEncoder encoder =
                    of(leaves.get(i), mask.exists() && leaves.get(i).path().equals(mask.path()));
            if (encoder.size() > 0) {
                parts.add(new Encoder.Part(i, leaves.get(i).path(), encoder));
            }
        }
        if (parts.isEmpty()) {
            throw new IllegalArgumentException(
                    "the observation space is " + space + ", which has no elements, so a policy would see nothing");
        }
        return new Encoder(space, parts);
    }

    private static List<Leaves.Leaf> leaves(Space space) {
        try {
            return Leaves.of(space);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the observation space is " + space + ", and " + e.getMessage()
                            + "; a policy reads Box, Discrete, MultiDiscrete, MultiBinary, and Dict or Tuple of these. "
                            + remedy(space),
                    e);
        }
    }

    /** The remedy for a space with parts that cannot be read, as part of an error message. */
    private static String remedy(Space space) {
        List<String> readable = new ArrayList<>();
        if (space instanceof DictSpace dict) {
            dict.spaces().forEach((key, inner) -> {
                // FilterObservation cannot keep a key that is a number.
                if (key instanceof String && isReadable(inner)) {
                    readable.add("\"" + key + "\"");
                }
            });
        }
        return readable.isEmpty()
                ? "Use a --wrapper that makes a Box of it"
                : "Leave that part out with --wrapper 'FilterObservation:filter_keys=[" + String.join(",", readable)
                        + "]', or use a wrapper that makes a Box of it";
    }

    private static boolean isReadable(Space space) {
        try {
            return !Leaves.of(space).isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static ArrayEncoder of(Leaves.Leaf leaf, boolean isMask) {
        ArraySpace space = leaf.space();
        if (isMask) { // one number for each choice, also if the space is MultiDiscrete
            return new ElementsEncoder(
                    space.size(), IntStream.range(0, space.size()).toArray(), false);
        }
        if (space instanceof DiscreteSpace discrete) {
            return new OneHotEncoder(Choices.of(space), new long[] {discrete.start()});
        }
        if (space instanceof MultiDiscreteSpace discrete) {
            return new OneHotEncoder(Choices.of(space), discrete.start().toLongs());
        }
        int size = space.size();
        if (size > MAX_PICTURE && space.shape().length > 1) {
            throw new IllegalArgumentException("the observation space"
                    + (leaf.path().isEmpty() ? "" : "'s part " + leaf.path()) + " is " + space + ", a picture of "
                    + size
                    + " numbers, but a picture can have at most " + MAX_PICTURE
                    + "; make it smaller with --wrapper ResizeObservation:shape=[32,32] --wrapper GrayscaleObservation,"
                    + " or use all its numbers with --wrapper FlattenObservation");
        }
        int[] all = IntStream.range(0, size).toArray();
        return new ElementsEncoder(size, all, !(space instanceof MultiBinarySpace));
    }

    private static ArrayEncoder selecting(BoxSpace box, int[] observed) {
        int last = observed[observed.length - 1];
        if (last >= box.size()) {
            throw new IllegalArgumentException("observe asks for element " + last
                    + ", but an observation has the elements 0 to " + (box.size() - 1) + "; choose among these");
        }
        return new ElementsEncoder(box.size(), observed, true);
    }
}
