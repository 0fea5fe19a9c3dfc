// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/**
 * A stream of random numbers, each a function of (seed, role, index, counter) and of nothing else. The order, the
 * thread and the number of calls do not change the numbers.
 *
 * <p>The generator is SplitMix64's output function (Steele, Lea and Flood 2014, DOI 10.1145/2660193.2660195) applied
 * twice to the counter, with two keys. The keys are hashes of (seed, role, index).
 */
public final class RandomStream {

    /** The purpose of a stream in the agent; each role has its own streams. */
    public enum Role {
        /** Initial weights of the policy; index 0. */
        POLICY_INIT,
        /** Initial weights of the critic; index 0. */
        VALUE_INIT,
        /**
         * Sampled actions; index = environment. The counters depend only on how many actions were drawn before for that
         * environment.
         */
        ACTION,
        /** Order of the critic's minibatches; index = iteration. */
        MINIBATCH,
        /** Seeds with which a run resets its environments; index = environment, counter = completed iterations. */
        ENVIRONMENT,
        /**
         * Sampled actions of an evaluation, or of the new episodes of an explanation; seed = the environment's seed
         * (not the run's seed), index 0.
         */
        EVALUATION,
        /** Random numbers of a policy's update; index = iteration. */
        POLICY_UPDATE,
        /** Choice of the trunk's states from which branches start; index = iteration. */
        VINE_STATES,
        /**
         * Actions of vine sampling's branches; index = iteration * N + n, where N is the number of states from which
         * branches start in each iteration, and n is the state's number, 0 to N - 1.
         */
        VINE_BRANCHES
    }

    private static final long GOLDEN_GAMMA = 0x9e3779b97f4a7c15L;
    /**
     * 2^-52: the distance of neighbouring uniform numbers. With 53 bits, the sum in {@link #uniform} would be rounded,
     * and the result could be 1.
     */
    private static final double UNIT = 0x1p-52;

    private final long key;
    private final long innerKey;

    /** The stream of a role and an index under a seed, usually the run's seed. */
    public RandomStream(long seed, Role role, long index) {
        long hash =
                mix(mix(mix(seed + GOLDEN_GAMMA) + (role.ordinal() + 1) * GOLDEN_GAMMA) + (index + 1) * GOLDEN_GAMMA);
        this.key = hash;
        // The inner key must not be mix(hash + k * GOLDEN_GAMMA). With that key, the operands of ^ in bits() would be
        // equal at counter k. Then bits(k) would be mix(0), which is 0, in every stream.
        this.innerKey = mix(~hash);
    }

    /** The 64 random bits at {@code counter}. */
    public long bits(long counter) {
        return mix(mix(key + counter * GOLDEN_GAMMA) ^ innerKey);
    }

    /** The number at {@code counter}, uniform in the open interval (0, 1). */
    public double uniform(long counter) {
        return ((bits(counter) >>> 12) + 0.5) * UNIT;
    }

    /** The number at {@code counter}, uniform over 0, ..., bound - 1 (bias below bound / 2^63). */
    public int below(int bound, long counter) {
        return (int) Math.multiplyHigh(bits(counter) >>> 1, 2L * bound);
    }

    /**
     * Puts n elements into a random order (the shuffle of Fisher and Yates). Uses the numbers at counter + 1, ...,
     * counter + n - 1.
     */
    public void shuffle(int[] elements, long counter) {
        for (int i = elements.length - 1; i > 0; i--) {
            int other = below(i + 1, counter + i);
            int swapped = elements[i];
            elements[i] = elements[other];
            elements[other] = swapped;
        }
    }

    /**
     * The number at {@code counter}, standard normal (Box and Muller 1958). StrictMath keeps the bits the same on every
     * JVM. Uses the uniform numbers at 2 * counter and 2 * counter + 1.
     */
    public double gaussian(long counter) {
        double radius = Math.sqrt(-2 * StrictMath.log(uniform(2 * counter)));
        return radius * StrictMath.cos(2 * Math.PI * uniform(2 * counter + 1));
    }

    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
