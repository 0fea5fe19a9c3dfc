// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The beginning of an episode, or the point of one that was restored.
 *
 * @param observation the observation to choose the next action from, of the observation space
 * @param info the environment's info; empty after a restore
 * @param omittedInfos the infos that cannot travel, which {@code info} lacks
 * @param seed the seed of the environment's random generator, given or drawn; empty where it is not known
 */
public record EnvReset(
        Object observation, Map<String, Object> info, List<OmittedInfo> omittedInfos, Optional<BigInteger> seed) {

    /** The beginning of an episode of which no more is known. */
    public EnvReset(Object observation, Map<String, Object> info) {
        this(observation, info, List.of(), Optional.empty());
    }
}
