// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.bench.Product.Form;
import io.gymwire.linalg.Kernels;
import io.gymwire.linalg.MatrixView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;

/**
 * Measures the kernels on one core. Products are measured in GFLOP/s, and compared with EJML and with the peak of the
 * core. The kernel for tanh is measured in nanoseconds for each value, and compared with StrictMath.
 */
public final class KernelBench {

    private static final double WARM_UP_SECONDS = 0.3;
    /**
     * A warm-up runs in parts of {@link #WARM_UP_SECONDS}. It ends when STABLE_PARTS parts are counted. If a part is
     * much faster than the first counted part, the count begins again, and the faster part is the first counted part.
     */
    private static final int STABLE_PARTS = 3;
    /**
     * A part is much faster than an earlier part if its mean time per run is less than this fraction of the earlier
     * part's mean time.
     */
    private static final double MUCH_FASTER = 0.9;

    private static final double SECONDS = 0.05;
    private static final double GOAL = 45;
    private static final String HIDDEN = "hidden";
    private static final int TANH_LENGTH = 8192;

    private final BenchSettings settings;
    private final Kernels kernels = Kernels.best();

    public KernelBench(BenchSettings settings) {
        this.settings = settings;
    }

    /** The products of the hidden layer, which all networks have, or of the first and last layers of one network. */
    private record Layers(String name, List<Product> products) {}

    private static List<Layers> layers() {
        return List.of(
                new Layers(
                        HIDDEN,
                        List.of(
                                new Product(Form.FORWARD, 64, 64),
                                new Product(Form.REVERSE, 64, 64),
                                new Product(Form.GRADIENT, 64, 64))),
                new Layers("CartPole", ends(4, 2)),
                new Layers("Ant", ends(105, 8)),
                new Layers("Humanoid", ends(348, 17)));
    }

    /**
     * The products of the first and the last layer of a network with hidden layers of 64 units. The first layer has no
     * reverse pass.
     */
    private static List<Product> ends(int inputs, int outputs) {
        return List.of(
                new Product(Form.FORWARD, inputs, 64),
                new Product(Form.GRADIENT, inputs, 64),
                new Product(Form.FORWARD, 64, outputs),
                new Product(Form.REVERSE, 64, outputs),
                new Product(Form.GRADIENT, 64, outputs));
    }

    /** Measures and reports. */
    public void run(BenchReport report) {
        double peak = peak(report);
        Table table =
                new Table(3, "layer", "samples x in x out", "product", "GFLOP/s", "of peak", "EJML GFLOP/s", "ratio");
        Cost hidden = null;
        for (Layers layers : layers()) {
            Cost cost = new Cost(0, 0);
            for (Product product : layers.products()) {
                report.measuring("kernels: " + layers.name() + " " + product.shape() + ", " + product.form());
                cost = cost.plus(measure(layers.name(), product, peak, table, report));
            }
            if (hidden == null) {
                hidden = cost;
                target(report, "2048x64x64", cost, GOAL);
            } else {
                target(report, layers.name() + "'s network", cost.plus(hidden), GOAL / 2);
            }
        }
        report.table(
                "Kernels: " + kernels.describe() + ", double precision, one core",
                (Double.isNaN(peak)
                                ? "the peak needs the module jdk.incubator.vector"
                                : String.format(
                                        Locale.ROOT,
                                        "peak %.1f GFLOP/s: twelve independent chains of fused multiply-adds in registers",
                                        peak))
                        + "\n" + tanh(report),
                table);
    }

    /** A number of floating point operations and their duration in seconds. */
    private record Cost(double operations, double seconds) {
        Cost plus(Cost other) {
            return new Cost(operations + other.operations, seconds + other.seconds);
        }
    }

    private static void target(BenchReport report, String what, Cost cost, double goal) {
        report.target(Target.atLeast(
                "kernels, all products of " + what + ", one core",
                cost.operations() / cost.seconds() / 1e9,
                goal,
                " GFLOP/s"));
    }

    private Cost measure(String layer, Product product, double peak, Table table, BenchReport report) {
        Samples ours = new Samples();
        Samples ejml = new Samples();
        measure(() -> product.run(kernels), product::runEjml, ours, ejml);
        double speed = product.operations() / ours.median() / 1e9;
        double ejmlSpeed = product.operations() / ejml.median() / 1e9;
        table.row(
                layer,
                product.shape(),
                product.form().toString(),
                number(speed),
                percent(speed / peak),
                number(ejmlSpeed),
                number(speed / ejmlSpeed));
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("layer", layer);
        figures.put("shape", product.shape());
        figures.put("product", product.form().toString());
        figures.put("seconds", ours.figures());
        figures.put("ejml_seconds", ejml.figures());
        figures.put("gflops", speed);
        figures.put("ejml_gflops", ejmlSpeed);
        report.figures(Section.KERNELS, figures);
        return new Cost(product.operations(), ours.median());
    }

    private double peak(BenchReport report) {
        if (!FmaPeak.isMeasurable()) {
            return Double.NaN;
        }
        report.measuring("kernels: the peak");
        FmaPeak.gigaflops(settings.seconds(WARM_UP_SECONDS));
        Samples samples = new Samples();
        for (int i = 0; i < settings.repeats(); i++) {
            samples.add(FmaPeak.gigaflops(settings.seconds(SECONDS)));
        }
        report.figures(Section.KERNELS, Map.of("peak_gflops", samples.figures()));
        return samples.median();
    }

    private String tanh(BenchReport report) {
        report.measuring("kernels: tanh");
        double[] values = new Random(1).doubles(TANH_LENGTH, -3, 3).toArray();
        double[] work = new double[TANH_LENGTH];
        MatrixView view = new MatrixView().setRowMajor(work, 0, 1, TANH_LENGTH);
        Samples ours = new Samples();
        Samples strict = new Samples();
        measure(
                () -> {
                    System.arraycopy(values, 0, work, 0, TANH_LENGTH);
                    kernels.tanh(view);
                },
                () -> {
                    for (int i = 0; i < TANH_LENGTH; i++) {
                        work[i] = StrictMath.tanh(values[i]);
                    }
                },
                ours,
                strict);
        double own = ours.median() / TANH_LENGTH * 1e9;
        double other = strict.median() / TANH_LENGTH * 1e9;
        report.figures(Section.KERNELS, Map.of("tanh_ns", own, "strict_math_tanh_ns", other));
        return String.format(Locale.ROOT, "tanh %.2f ns a value, StrictMath.tanh %.1f ns", own, other);
    }

    /** Runs both functions for a while as a warm-up, and then measures them alternately. */
    private void measure(Runnable ours, Runnable other, Samples oursSeconds, Samples otherSeconds) {
        warmUp(ours);
        warmUp(other);
        for (int i = 0; i < settings.repeats(); i++) {
            oursSeconds.add(CpuClock.secondsOf(ours, settings.seconds(SECONDS)));
            otherSeconds.add(CpuClock.secondsOf(other, settings.seconds(SECONDS)));
        }
    }

    /**
     * Runs a function until it no longer gets much faster. Then the JVM has probably compiled it. This can take
     * seconds.
     */
    private void warmUp(Runnable function) {
        double best = Double.POSITIVE_INFINITY;
        for (int stable = 0; stable < STABLE_PARTS; stable++) {
            double seconds = CpuClock.secondsOf(function, settings.seconds(WARM_UP_SECONDS));
            if (seconds < MUCH_FASTER * best) {
                best = seconds;
                stable = 0;
            }
        }
    }

    private static String number(double value) {
        return String.format(Locale.ROOT, "%.1f", value);
    }

    private static String percent(double share) {
        return Double.isNaN(share) ? "-" : String.format(Locale.ROOT, "%.0f%%", 100 * share);
    }
}
