// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.env.space.Batches;
import io.gymwire.env.space.NdArray;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The answer to a reset or a restore.
 *
 * @param batch the observations of all environments, batched by Gymnasium's rules: an {@link NdArray} with a first axis
 *     of length n (the number of environments) for an array space, a Map of batches for a Dict, a List of batches for a
 *     Tuple, and a List of n observations for any other space
 * @param infos the infos in the form of Gymnasium's vector environments; empty after a restore, or if none were
 *     requested
 * @param outputs exactly what each environment returned. The list is empty after a restore, or if
 *     {@link MakeOptions#withEnvOutputs} did not request these outputs
 * @param omittedInfos the infos that the server left out of {@code infos} and {@code outputs}, because they cannot be
 *     sent or batched: one entry for each key
 * @param seeds the seed of each environment's random generator, given in a reset or drawn by Gymnasium; a seed is empty
 *     if it is not known. The list is empty unless {@link MakeOptions#withResetSeeds} requested the seeds and the
 *     server can send them
 */
public record VectorReset(
        Object batch,
        Map<String, Object> infos,
        List<EnvOutput> outputs,
        List<OmittedInfo> omittedInfos,
        List<Optional<BigInteger>> seeds) {

    /** The answer of environments with arrays as observations. */
    public VectorReset(NdArray observations, Map<String, Object> infos) {
        this(observations, infos, List.of(), List.of(), List.of());
    }

    /**
     * The observations of all environments, batched along a first axis of length n.
     *
     * @throws IllegalStateException if the observation space is not an array space
     */
    public NdArray observations() {
        return Batches.requireArray(batch);
    }
}
