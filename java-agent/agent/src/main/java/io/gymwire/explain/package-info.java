// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

/**
 * One update of a run in numbers and pictures: what the theory predicts, and what happened.
 *
 * <p>{@link io.gymwire.explain.Explainer} computes an {@link io.gymwire.explain.Explanation}, which consists of plain
 * numbers. {@link io.gymwire.explain.ExplanationPage} writes the explanation as a page.
 */
package io.gymwire.explain;
