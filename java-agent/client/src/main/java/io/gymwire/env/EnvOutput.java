// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.NdArray;
import java.util.Map;

/**
 * What one environment returned. Types are kept: a Python int is a Long (a BigInteger if it needs more than 64 bits), a
 * numpy.int64 is an {@link NdArray}.
 *
 * @param observation the observation; null if a reset was only for other environments
 * @param reward the reward, usually a Long, a Double, or an NdArray of shape []; null in a {@link VectorReset}
 * @param info the requested entries of the info, without the entries that cannot be sent; empty if no infos were
 *     requested, or if a reset was only for other environments
 */
public record EnvOutput(Object observation, Object reward, Map<String, Object> info) {}
