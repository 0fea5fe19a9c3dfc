// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

/**
 * The place of an environment's action mask, written {@code info:KEY} or {@code observation:KEY}, or {@code none}.
 *
 * @param place the kind of place
 * @param key the key in the info or in a Dict observation. If the observation has a Dict inside a Dict, the keys are
 *     joined by dots. Empty for no mask
 */
public record MaskSource(Place place, String key) {

    /** The kinds of places where a mask can be. */
    public enum Place {
        NONE,
        INFO,
        OBSERVATION
    }

    /** No mask. */
    public static final MaskSource NONE = new MaskSource(Place.NONE, "");

    private static final String INFO = "info:";
    private static final String OBSERVATION = "observation:";

    /**
     * Reads the written form.
     *
     * @throws IllegalArgumentException if the text has another form
     */
    static MaskSource parse(String text) {
        if (text.equals("none")) {
            return NONE;
        }
        for (Place place : new Place[] {Place.INFO, Place.OBSERVATION}) {
            String prefix = prefix(place);
            if (text.startsWith(prefix) && text.length() > prefix.length()) {
                return new MaskSource(place, text.substring(prefix.length()));
            }
        }
        throw new IllegalArgumentException();
    }

    private static String prefix(Place place) {
        return place == Place.INFO ? INFO : OBSERVATION;
    }

    /** Whether there is a mask. */
    public boolean exists() {
        return place != Place.NONE;
    }

    /** The path of the mask in observations. If the mask comes in the info, a wrapper adds it to the observations. */
    public String path() {
        return place == Place.INFO ? "action_mask" : key;
    }

    @Override
    public String toString() {
        return place == Place.NONE ? "none" : prefix(place) + key;
    }
}
