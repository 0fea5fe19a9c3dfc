// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The maximum number of double-precision operations a second on one core. The measured loop has twelve independent
 * chains of fused multiply-adds on vectors, all in registers. Twelve chains are enough to keep two arithmetic units
 * busy in spite of their latency, and they fit into the sixteen registers of AVX2. A fused multiply-add counts as two
 * operations for each lane (each number of a vector).
 */
final class FmaPeak {

    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final int CHAINS = 12;
    private static final int ROUNDS = 100_000;

    /** Stores the loop's result, so that the compiler must compute it. */
    private static volatile double sink;

    private FmaPeak() {}

    static boolean isMeasurable() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    }

    /**
     * Measures the peak.
     *
     * @param seconds the minimum duration of the measurement
     * @return GFLOP/s
     */
    static double gigaflops(double seconds) {
        double one = CpuClock.secondsOf(() -> sink = chains(ROUNDS), seconds);
        return 2.0 * SPECIES.length() * CHAINS * ROUNDS / one / 1e9;
    }

    private static double chains(int rounds) {
        DoubleVector factor = DoubleVector.broadcast(SPECIES, 0.999);
        DoubleVector term = DoubleVector.broadcast(SPECIES, 0.001);
        DoubleVector a0 = term;
        DoubleVector a1 = term;
        DoubleVector a2 = term;
        DoubleVector a3 = term;
        DoubleVector a4 = term;
        DoubleVector a5 = term;
        DoubleVector a6 = term;
        DoubleVector a7 = term;
        DoubleVector b0 = term;
        DoubleVector b1 = term;
        DoubleVector b2 = term;
        DoubleVector b3 = term;
        for (int i = 0; i < rounds; i++) {
            a0 = a0.fma(factor, term);
            a1 = a1.fma(factor, term);
            a2 = a2.fma(factor, term);
            a3 = a3.fma(factor, term);
            a4 = a4.fma(factor, term);
            a5 = a5.fma(factor, term);
            a6 = a6.fma(factor, term);
            a7 = a7.fma(factor, term);
            b0 = b0.fma(factor, term);
            b1 = b1.fma(factor, term);
            b2 = b2.fma(factor, term);
            b3 = b3.fma(factor, term);
        }
        DoubleVector a = a0.add(a1).add(a2).add(a3).add(a4).add(a5).add(a6).add(a7);
        DoubleVector b = b0.add(b1).add(b2).add(b3);
        return a.add(b).reduceLanes(VectorOperators.ADD);
    }
}
