// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

/**
 * The settings of a {@link Gaussian} policy.
 *
 * @param initialLogStd log sigma at the start, in [{@value Gaussian#MIN_LOG_STD}, {@value Gaussian#MAX_LOG_STD}]
 * @param clippedActions whether a number of an action that is clipped to its limit counts as the limit
 * @param noiseColor exponent of the noise's power over its frequency, 1 / f^noiseColor, in
 *     [0, {@value Gaussian#MAX_NOISE_COLOR}]; 0 is white
 */
public record GaussianSettings(double initialLogStd, boolean clippedActions, double noiseColor) {}
