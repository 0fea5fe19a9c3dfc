// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The start of an episode, or a restored point inside an episode.
 *
 * @param observation the observation for the next action, a member of the observation space
 * @param info the environment's info; empty after a restore
 * @param omittedInfos the infos that cannot be sent; {@code info} lacks them
 * @param seed the seed of the environment's random generator, given in a reset or drawn by Gymnasium; empty if unknown
 */
public record EnvReset(
        Object observation, Map<String, Object> info, List<OmittedInfo> omittedInfos, Optional<BigInteger> seed) {

    /** The start of an episode without a known seed and without omitted infos. */
    public EnvReset(Object observation, Map<String, Object> info) {
        this(observation, info, List.of(), Optional.empty());
    }
}
