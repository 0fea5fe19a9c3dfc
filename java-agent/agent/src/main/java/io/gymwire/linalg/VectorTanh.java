// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The hyperbolic tangent of many numbers, computed with vector instructions, with the same bits as {@link Tanh}. */
final class VectorTanh {

    private static final VectorSpecies<Double> SPECIES = DoubleVector.SPECIES_PREFERRED;
    private static final int LANES = SPECIES.length();

    private VectorTanh() {}

    /**
     * Replaces {@code length} elements, beginning at {@code offset}, with their hyperbolic tangents. The operations are
     * those of {@link Tanh#of}, in the same order. Their code is in the loop, not in a separate method: the compiler
     * would not inline such a long method, and each vector would become an object.
     */
    static void replace(double[] values, int offset, int length) {
        int end = offset + length;
        int i = offset;
        for (; i + LANES <= end; i += LANES) {
            DoubleVector x = DoubleVector.fromArray(SPECIES, values, i);
            DoubleVector z = x.abs().min(Tanh.CAP).mul(2);
            DoubleVector shifted = z.fma(broadcast(Tanh.INV_LN2), broadcast(Tanh.ROUND));
            DoubleVector k = shifted.sub(Tanh.ROUND);
            DoubleVector r = k.fma(broadcast(-Tanh.LN2_LOW), k.fma(broadcast(-Tanh.LN2_HIGH), z));
            DoubleVector q = broadcast(Tanh.C14);
            q = q.fma(r, broadcast(Tanh.C13));
            q = q.fma(r, broadcast(Tanh.C12));
            q = q.fma(r, broadcast(Tanh.C11));
            q = q.fma(r, broadcast(Tanh.C10));
            q = q.fma(r, broadcast(Tanh.C9));
            q = q.fma(r, broadcast(Tanh.C8));
            q = q.fma(r, broadcast(Tanh.C7));
            q = q.fma(r, broadcast(Tanh.C6));
            q = q.fma(r, broadcast(Tanh.C5));
            q = q.fma(r, broadcast(Tanh.C4));
            q = q.fma(r, broadcast(Tanh.C3));
            q = q.fma(r, broadcast(Tanh.C2));
            DoubleVector expm1 = q.mul(r).fma(r, r);
            DoubleVector power = shifted.reinterpretAsLongs()
                    .lanewise(VectorOperators.LSHL, 52)
                    .add(Tanh.ONE_BITS)
                    .reinterpretAsDoubles();
            DoubleVector m = power.fma(expm1, power.sub(1));
            DoubleVector size = m.div(m.add(2));
            LongVector sign = x.reinterpretAsLongs().and(Long.MIN_VALUE);
            size.reinterpretAsLongs().or(sign).reinterpretAsDoubles().intoArray(values, i);
        }
        for (; i < end; i++) {
            values[i] = Tanh.of(values[i]);
        }
    }

    private static DoubleVector broadcast(double value) {
        return DoubleVector.broadcast(SPECIES, value);
    }
}
