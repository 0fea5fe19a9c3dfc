// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.Map;

/**
 * The answer to a reset.
 *
 * @param observations the observations of all environments, batched along a first axis of length n
 * @param infos the infos as Gymnasium's vector environments build them; empty if none were asked for
 */
public record VectorReset(NdArray observations, Map<String, Object> infos) {
}
