// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Measurements of the program's speed: kernels, one update, steps over the wire (through gRPC), blocking steps of the
 * client libraries (the caller waits for each step), the start of a training, and complete iterations of training. The
 * kernels are compared with EJML and StrictMath. The steps over the wire are compared with the steps of environments in
 * a Python process. With {@code --peers}, updates and training are compared with sb3-contrib's TRPO.
 *
 * <p>The input is {@link io.gymwire.bench.BenchSettings}. The output is tables with medians, and for each target the
 * measured figure and whether the target was met. {@link io.gymwire.bench.GradientNoise} and
 * {@link io.gymwire.bench.ScaleCurves} are separate programs with other arguments. No other package uses this package.
 */
package io.gymwire.bench;
