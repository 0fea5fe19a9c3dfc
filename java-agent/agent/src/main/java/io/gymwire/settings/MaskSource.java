// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.settings;

/**
 * Where a task's action mask is, written {@code info:KEY} or {@code observation:KEY}, or {@code none}.
 *
 * @param place where to look
 * @param key of the info, or of a Dict observation; keys of inner Dicts are joined by dots; empty for no mask
 */
public record MaskSource(Place place, String key) {

    /** Where masks are. */
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
     * @throws IllegalArgumentException if it is another
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

    /** Where the mask is in observations, one that comes with the info included: a wrapper adds it to them. */
    public String path() {
        return place == Place.INFO ? "action_mask" : key;
    }

    @Override
    public String toString() {
        return place == Place.NONE ? "none" : prefix(place) + key;
    }
}
