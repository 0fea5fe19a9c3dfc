// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.bench.Product.Form;
import io.gymwire.linalg.Kernels;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The matrix products of a layer for 2,048 samples, on one thread, compared with EJML. Each product has
 * 2 x 2048 x inputs x outputs floating-point operations.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--add-modules", "jdk.incubator.vector"})
public class KernelsJmh {

    /** Inputs x outputs: the hidden layer, then the first and the last layers of CartPole, Ant and Humanoid. */
    @Param({"64x64", "4x64", "64x2", "105x64", "64x8", "348x64", "64x17"})
    private String layer;

    /** The kind of product: the name of a {@link Form}. */
    @Param({"FORWARD", "REVERSE", "GRADIENT"})
    private String form;

    private Kernels kernels;
    private Product product;

    /** Makes the matrices. */
    @Setup
    public void setUp() {
        String[] sizes = layer.split("x");
        kernels = Kernels.best();
        product = new Product(Form.valueOf(form), Integer.parseInt(sizes[0]), Integer.parseInt(sizes[1]));
    }

    /** The product with Gymwire's kernels. */
    @Benchmark
    public void gymwire() {
        product.run(kernels);
    }

    /** The product with EJML. */
    @Benchmark
    public void ejml() {
        product.runEjml();
    }
}
