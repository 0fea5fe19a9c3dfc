// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * The few dense kernels of the hot path, over the arrays of EJML's matrices, and the random streams.
 *
 * <p>{@link io.gymwire.linalg.Kernels} computes products and tanh of matrices in the caller's {@code double[]}, which a
 * {@link io.gymwire.linalg.MatrixView} describes. The bits of the results depend only on the inputs, not on the
 * processor's vector width, the number of threads or the JDK. The next package to read is {@code net}.
 */
package io.gymwire.linalg;
