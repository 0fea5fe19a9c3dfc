// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.NdArray;
import java.util.Map;

/**
 * Exactly what one environment returned, types included: an observation that is a Python int is a Long, one that is a
 * numpy.int64 an {@link NdArray}.
 *
 * @param observation the observation; null for an environment that a reset left out
 * @param reward the reward: a Long, a Double, or an NdArray of shape []; null after a reset
 * @param info the info; empty if none were asked for
 */
public record EnvOutput(Object observation, Object reward, Map<String, Object> info) {}
