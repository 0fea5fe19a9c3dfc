// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * Gymnasium's spaces and the values in them. In come numbers and packed bytes; out come the members of a space, drawn,
 * checked and batched: an {@link io.gymwire.env.space.NdArray} for most spaces, and Maps,
 * {@link io.gymwire.env.space.Tuple}s and {@link io.gymwire.env.space.GraphInstance}s of such for the composite ones.
 * Nothing here knows of an environment. Read {@link io.gymwire.env.space.Space} first, which says what a member of each
 * space is, then {@link io.gymwire.env.space.NdArray} and {@link io.gymwire.env.space.Batches}.
 */
package io.gymwire.env.space;
