// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.linalg.Kernels;
import io.gymwire.linalg.MatrixView;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Measures the hyperbolic tangent, in nanoseconds for each value. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
@OperationsPerInvocation(TanhJmh.LENGTH)
public class TanhJmh {

    static final int LENGTH = 8192;

    private final Kernels kernels = Kernels.best();
    private final double[] values = new Random(1).doubles(LENGTH, -3, 3).toArray();
    private final double[] work = new double[LENGTH];
    private final MatrixView view = new MatrixView().setRowMajor(work, 0, 1, LENGTH);

    /** The hyperbolic tangent of Gymwire's kernels. */
    @Benchmark
    public double[] gymwire() {
        System.arraycopy(values, 0, work, 0, LENGTH);
        kernels.tanh(view);
        return work;
    }

    /** The hyperbolic tangent of the Java library. It has the same bits on every machine. */
    @Benchmark
    public double[] strictMath() {
        for (int i = 0; i < LENGTH; i++) {
            work[i] = StrictMath.tanh(values[i]);
        }
        return work;
    }
}
