// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Random streams, operations on vectors, and the few operations on dense matrices in which the learner spends most of
 * its time.
 *
 * <p>{@link io.gymwire.linalg.Kernels} computes products and tanh of matrices. Each matrix is in a {@code double[]} of
 * the caller, for example the array of a matrix of the library EJML. A {@link io.gymwire.linalg.MatrixView} describes
 * the matrix's place there. The bits of the results depend only on the inputs, not on the processor's vector width, the
 * number of threads or the JDK. The next package to read is {@code net}.
 */
package io.gymwire.linalg;
