// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.Map;

/**
 * The beginning of an episode.
 *
 * @param observation the first observation, of the observation space
 * @param info the environment's info
 */
public record EnvReset(Object observation, Map<String, Object> info) {
}
