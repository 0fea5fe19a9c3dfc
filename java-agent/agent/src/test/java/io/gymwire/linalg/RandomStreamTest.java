// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.linalg.RandomStream.Role;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

final class RandomStreamTest {
    private static final int DRAWS = 200_000;

    /**
     * The expected numbers were computed from the formula of {@link RandomStream}, with integers of unlimited size. If
     * a stream gave other numbers, the results of every run would change.
     */
    @Test
    void bitsHaveNotChanged() {
        assertEquals(517611130402176003L, new RandomStream(0, Role.POLICY_INIT, 0).bits(0));
        assertEquals(-7260131606001798687L, new RandomStream(1, Role.ACTION, 0).bits(0));
        assertEquals(-7746957477294613972L, new RandomStream(1, Role.ACTION, 0).bits(1));
        assertEquals(7674996178811730620L, new RandomStream(-7, Role.MINIBATCH, 5).bits(1000));
    }

    @Test
    void numbersStayInRangeIfAllBitsAreOnesOrZeros() {
        RandomStream stream = new RandomStream(1, Role.ACTION, 0);
        // At the first of these counters, all bits are ones. At the second, all bits are zeros.
        long allOnes = -9098105013566403617L;
        long allZeros = -3883696726890620189L;
        assertEquals(-1, stream.bits(allOnes));
        assertEquals(0, stream.bits(allZeros));
        assertTrue(stream.uniform(allOnes) < 1);
        assertTrue(stream.uniform(allZeros) > 0);
        assertEquals(6, stream.below(7, allOnes));
        assertEquals(0, stream.below(7, allZeros));
    }

    @Test
    void noNumberOccursTwiceInNeighbouringStreams() {
        Set<Long> seen = new HashSet<>();
        int drawn = 0;
        for (long seed = 0; seed < 4; seed++) {
            for (Role role : Role.values()) {
                for (long index = 0; index < 10; index++) {
                    RandomStream stream = new RandomStream(seed, role, index);
                    for (long counter = -50; counter < 200; counter++) {
                        seen.add(stream.bits(counter));
                        drawn++;
                    }
                }
            }
        }
        assertEquals(drawn, seen.size());
    }

    @Test
    void uniformNumbersFillTheIntervalEvenlyAlongAStream() {
        RandomStream stream = new RandomStream(3, Role.ACTION, 1);
        assertEven(64, counter -> (long) (64 * stream.uniform(counter)));
    }

    @Test
    void uniformNumbersFillTheIntervalEvenlyAcrossStreams() {
        for (long counter = 0; counter < 4; counter++) {
            long fixed = counter;
            assertEven(64, index -> (long) (64 * new RandomStream(3, Role.ACTION, index).uniform(fixed)));
            assertEven(64, seed -> (long) (64 * new RandomStream(seed, Role.POLICY_INIT, 0).uniform(fixed)));
        }
    }

    @Test
    void eachIntegerBelowTheBoundIsDrawnEquallyOften() {
        RandomStream stream = new RandomStream(4, Role.MINIBATCH, 0);
        for (int bound : new int[] {2, 7, 100}) {
            assertEven(bound, counter -> stream.below(bound, counter));
        }
        int huge = Integer.MAX_VALUE;
        assertTrue(stream.below(huge, 0) >= 0 && stream.below(huge, 0) < huge);
    }

    @Test
    void gaussiansHaveTheMomentsOfTheNormalDistribution() {
        RandomStream stream = new RandomStream(5, Role.ACTION, 2);
        double[] moments = new double[5];
        for (int i = 0; i < DRAWS; i++) {
            double x = stream.gaussian(i);
            for (int k = 1; k <= 4; k++) {
                moments[k] += Math.pow(x, k) / DRAWS;
            }
        }
        // The tolerances are five standard errors, with Var(x^k) = E x^(2k) - (E x^k)^2.
        assertEquals(0, moments[1], 5 * Math.sqrt(1.0 / DRAWS));
        assertEquals(1, moments[2], 5 * Math.sqrt(2.0 / DRAWS));
        assertEquals(0, moments[3], 5 * Math.sqrt(15.0 / DRAWS));
        assertEquals(3, moments[4], 5 * Math.sqrt(96.0 / DRAWS));
    }

    @Test
    void firstGaussiansOfManyStreamsHaveTheMeanZero() {
        double mean = 0;
        for (int index = 0; index < DRAWS; index++) {
            mean += new RandomStream(6, Role.ACTION, index).gaussian(0) / DRAWS;
        }
        assertEquals(0, mean, 5 * Math.sqrt(1.0 / DRAWS));
    }

    @Test
    void numbersOfTwoStreamsOrTwoCountersAreUncorrelated() {
        RandomStream stream = new RandomStream(7, Role.ACTION, 0);
        assertUncorrelated(stream, 0, new RandomStream(7, Role.MINIBATCH, 0));
        assertUncorrelated(stream, 0, new RandomStream(7, Role.ACTION, 1));
        assertUncorrelated(stream, 0, new RandomStream(8, Role.ACTION, 0));
        assertUncorrelated(stream, 1, stream);
        assertUncorrelated(stream, 2, stream);
    }

    private static void assertUncorrelated(RandomStream one, int lag, RandomStream other) {
        double covariance = 0;
        for (int i = 0; i < DRAWS; i++) {
            covariance += (one.uniform(i + lag) - 0.5) * (other.uniform(i) - 0.5) / DRAWS;
        }
        assertEquals(0, 12 * covariance, 5 / Math.sqrt(DRAWS));
    }

    /**
     * Checks that all cells get about the same number of draws: Pearson's chi-square statistic must be below a limit.
     * The statistic's mean is cells - 1, and its standard deviation is less than sqrt(2 cells). The limit is the mean,
     * plus 5 sqrt(2 cells), plus 10.
     */
    private static void assertEven(int cells, LongUnaryOperator cellOf) {
        long[] counts = new long[cells];
        for (int i = 0; i < DRAWS; i++) {
            counts[(int) cellOf.applyAsLong(i)]++;
        }
        double expected = (double) DRAWS / cells;
        double statistic = 0;
        for (long count : counts) {
            statistic += (count - expected) * (count - expected) / expected;
        }
        assertTrue(
                statistic < cells - 1 + 5 * Math.sqrt(2.0 * cells) + 10,
                "chi-square " + statistic + " for " + cells + " cells");
    }
}
