// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The few dense kernels of the hot path, over the arrays of EJML's matrices, and the random streams.
 *
 * <p>In come row-major {@code double[]}; out go products, tanh and random numbers whose bits depend on nothing but the
 * inputs: not on the processor's vector width, the number of threads or the JDK. Next: {@code net}.
 */
package io.gymwire.linalg;
