// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.space;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A space of maps with one key per inner space.
 *
 * @param spaces the inner space of each key. A key is a String or Long. Samples and flattening keep the order of keys.
 */
public record DictSpace(Map<?, Space> spaces) implements Space {
    public DictSpace {
        spaces = Collections.unmodifiableMap(new LinkedHashMap<>(spaces));
        for (Object key : spaces.keySet()) {
            if (!(key instanceof String || key instanceof Long)) {
                throw new IllegalArgumentException("the keys of a Dict space are String or Long, not " + key);
            }
        }
    }

    @Override
    public boolean contains(Object value) {
        return value instanceof Map<?, ?> map
                && map.keySet().equals(spaces.keySet())
                && spaces.entrySet().stream().allMatch(entry -> entry.getValue().contains(map.get(entry.getKey())));
    }

    /** Draws a member of each inner space. */
    @Override
    public Map<Object, Object> sample(RandomGenerator random) {
        Map<Object, Object> sample = new LinkedHashMap<>();
        spaces.forEach((key, space) -> sample.put(key, space.sample(random)));
        return sample;
    }

    @Override
    public String toString() {
        return spaces.entrySet().stream()
                .map(entry -> (entry.getKey() instanceof String key ? "'" + key + "'" : entry.getKey()) + ": "
                        + entry.getValue())
                .collect(Collectors.joining(", ", "Dict(", ")"));
    }
}
