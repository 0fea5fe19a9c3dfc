// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * The seeds of the environments' random generators: a first seed to count up from, one seed for each environment, or no
 * seeds. A seed is a number from 0 to 2<sup>128</sup> - 1.
 */
public final class Seeds {
    /** The largest seed. It has 128 bits, like the seeds that Gymnasium draws if it gets none. */
    public static final BigInteger MAX = BigInteger.ONE.shiftLeft(128).subtract(BigInteger.ONE);

    private static final Seeds NONE = new Seeds(Optional.empty(), List.of());

    private final Optional<BigInteger> base;
    private final List<Optional<BigInteger>> each; // empty if there is a base, or if there are no seeds

    private Seeds(Optional<BigInteger> base, List<Optional<BigInteger>> each) {
        this.base = base;
        this.each = List.copyOf(each);
        base.ifPresent(Seeds::requireSeed);
        each.forEach(seed -> seed.ifPresent(Seeds::requireSeed));
    }

    /** No seeds: the generators continue. At the first reset, they begin in unpredictable states. */
    public static Seeds none() {
        return NONE;
    }

    /** Environment i gets the seed {@code base + i}. */
    public static Seeds from(long base) {
        return from(BigInteger.valueOf(base));
    }

    /** Environment i gets the seed {@code base + i}. */
    public static Seeds from(BigInteger base) {
        return new Seeds(Optional.of(base), List.of());
    }

    /** Seeds for the environments, one for each. */
    public static Seeds each(long... seeds) {
        return each(Arrays.stream(seeds)
                .mapToObj(seed -> Optional.of(BigInteger.valueOf(seed)))
                .toList());
    }

    /**
     * Seeds for the environments, one for each. If an environment's seed is empty, its generator continues. An empty
     * list has the same effect as {@link #none}.
     */
    public static Seeds each(List<Optional<BigInteger>> seeds) {
        return new Seeds(Optional.empty(), seeds);
    }

    /**
     * The seeds of {@code numEnvs} environments, one for each; empty for an environment whose generator continues.
     *
     * @throws IllegalArgumentException if seeds were given for another number of environments, or a seed exceeds
     *     {@link #MAX}
     */
    public List<Optional<BigInteger>> of(int numEnvs) {
        if (base.isPresent()) {
            List<Optional<BigInteger>> seeds = new ArrayList<>(numEnvs);
            for (int env = 0; env < numEnvs; env++) {
                seeds.add(Optional.of(requireSeed(base.get().add(BigInteger.valueOf(env)))));
            }
            return seeds;
        }
        if (each.isEmpty()) {
            return Collections.nCopies(numEnvs, Optional.empty());
        }
        if (each.size() != numEnvs) {
            throw new IllegalArgumentException(each.size() + " seeds for " + numEnvs + " environments; give one seed"
                    + " for each environment, or one number s for the seeds s, s + 1, ...");
        }
        return each;
    }

    private static BigInteger requireSeed(BigInteger seed) {
        if (seed.signum() < 0 || seed.compareTo(MAX) > 0) {
            throw new IllegalArgumentException("the seed " + seed + " is not from 0 to 2^128 - 1");
        }
        return seed;
    }

    @Override
    public String toString() {
        return base.map(seed -> "seeds from " + seed).orElse("seeds " + each);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Seeds seeds && base.equals(seeds.base) && each.equals(seeds.each);
    }

    @Override
    public int hashCode() {
        return 31 * base.hashCode() + each.hashCode();
    }
}
