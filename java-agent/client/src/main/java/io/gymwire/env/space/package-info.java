// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Gymnasium's spaces and the values in them. This package makes members of a space from numbers and packed bytes. It
 * also draws, checks and batches members. A member is an {@link io.gymwire.env.space.NdArray} for Box, Discrete,
 * MultiDiscrete and MultiBinary, and a String for Text. For most composite spaces, it is a Map or {@link
 * io.gymwire.env.space.Tuple} of such members. For a Graph, it is a {@link io.gymwire.env.space.GraphInstance}, which
 * has a batch of all nodes' features and a batch of all edges' features. For a stacked Sequence, it is one batch of all
 * elements. This package does not depend on environments. Read {@link io.gymwire.env.space.Space} first: it defines the
 * members of each space. Then read {@link io.gymwire.env.space.NdArray} and {@link io.gymwire.env.space.Batches}.
 */
package io.gymwire.env.space;
