// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import io.gymwire.linalg.RandomStream;
import io.gymwire.metrics.Metric;
import io.gymwire.net.Parameter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.ejml.data.DMatrixRMaj;

/**
 * The product of independent distributions, one for each part of an action. Log-probabilities, entropies and
 * divergences add up; gradients and Fisher matrices consist of separate blocks.
 */
final class Product implements Distribution {

    /**
     * A number that is added to a counter of random numbers; it is greater than the number of draws. Without it, a
     * choice would use uniform numbers that a Gaussian also uses, in the same draw or in another draw. So choices
     * beside a Gaussian add it to their counters.
     */
    private static final long APART = 1L << 40;

    private final List<Factor> factors;
    private final boolean hasGaussian;
    private final int outputSize;
    private final int actionSize;
    private final ThreadLocal<double[]> terms = ThreadLocal.withInitial(() -> new double[0]);

    /**
     * One of the distributions.
     *
     * @param name the name of the action's part. The product puts this name before the names of the distribution's
     *     parameters. Two distributions with parameters have different names
     * @param distribution the distribution, constructed with {@code place}
     * @param place the place of the distribution in the arrays that all factors share
     */
    record Factor(String name, Distribution distribution, FactorPosition place) {}

    private interface Term {
        void write(Distribution factor, double[] out);
    }

    /** @param factors at least one; the place of each factor begins where the previous place ends */
    Product(List<Factor> factors) {
        this.factors = List.copyOf(factors);
        this.hasGaussian = factors.stream().anyMatch(factor -> factor.distribution() instanceof Gaussian);
        this.outputSize = sum(factors.stream()
                .mapToInt(factor -> factor.distribution().outputSize())
                .toArray());
        this.actionSize = sum(factors.stream()
                .mapToInt(factor -> factor.distribution().actionSize())
                .toArray());
    }

    @Override
    public int outputSize() {
        return outputSize;
    }

    @Override
    public int actionSize() {
        return actionSize;
    }

    @Override
    public List<Parameter> parameters() {
        return factors.stream()
                .flatMap(factor -> factor.distribution().parameters().stream()
                        .map(own -> own.named(factor.name() + "." + own.name())
                                .behind(factor.place().own())))
                .toList();
    }

    @Override
    public void initialize(double[] theta, int own) {
        factors.forEach(factor -> factor.distribution().initialize(theta, own));
    }

    @Override
    public void project(double[] theta, int own) {
        factors.forEach(factor -> factor.distribution().project(theta, own));
    }

    @Override
    public void sample(
            DistributionInputs inputs, int row, RandomStream random, long step, DMatrixRMaj actions, int actionRow) {
        for (int i = 0; i < factors.size(); i++) {
            Distribution factor = factors.get(i).distribution();
            long counter = hasGaussian && !(factor instanceof Gaussian) ? step + APART : step;
            factor.sample(inputs, row, random, counter, actions, actionRow);
        }
    }

    @Override
    public void mode(DistributionInputs inputs, int row, DMatrixRMaj actions, int actionRow) {
        for (int i = 0; i < factors.size(); i++) {
            factors.get(i).distribution().mode(inputs, row, actions, actionRow);
        }
    }

    @Override
    public void logProbability(DistributionInputs inputs, DMatrixRMaj actions, double[] out, int from, int to) {
        addUp((factor, term) -> factor.logProbability(inputs, actions, term, from, to), out, from, to);
    }

    @Override
    public void entropy(DistributionInputs inputs, double[] out, int from, int to) {
        addUp((factor, term) -> factor.entropy(inputs, term, from, to), out, from, to);
    }

    @Override
    public void divergence(DistributionInputs oldInputs, DistributionInputs newInputs, double[] out, int from, int to) {
        addUp((factor, term) -> factor.divergence(oldInputs, newInputs, term, from, to), out, from, to);
    }

    @Override
    public void gradient(
            DistributionInputs inputs,
            Objective objective,
            double[] outputGradient,
            double[] gradient,
            int from,
            int to) {
        factors.forEach(
                factor -> factor.distribution().gradient(inputs, objective, outputGradient, gradient, from, to));
    }

    @Override
    public void addDivergenceGradient(
            Divergence divergence, double[] outputGradient, double[] gradient, int from, int to) {
        factors.forEach(
                factor -> factor.distribution().addDivergenceGradient(divergence, outputGradient, gradient, from, to));
    }

    @Override
    public void fisher(DistributionInputs inputs, double[] fisher, int from, int to) {
        factors.forEach(factor -> factor.distribution().fisher(inputs, fisher, from, to));
    }

    @Override
    public void multiplyFisher(
            DistributionInputs inputs, double[] fisher, double[] tangents, double scale, int from, int to) {
        factors.forEach(factor -> factor.distribution().multiplyFisher(inputs, fisher, tangents, scale, from, to));
    }

    @Override
    public void addOwnFisher(DistributionInputs inputs, double[] v, double[] out) {
        factors.forEach(factor -> factor.distribution().addOwnFisher(inputs, v, out));
    }

    @Override
    public Map<Metric, Total> totals(double[] theta, int own) {
        Map<Metric, Total> totals = new HashMap<>();
        for (Factor factor : factors) {
            factor.distribution()
                    .totals(theta, own)
                    .forEach((metric, total) -> totals.merge(metric, total, Total::plus));
        }
        return totals;
    }

    private void addUp(Term term, double[] out, int from, int to) {
        double[] one = terms.get();
        if (one.length < to) {
            one = new double[to];
            terms.set(one);
        }
        Arrays.fill(out, from, to, 0);
        for (Factor factor : factors) {
            term.write(factor.distribution(), one);
            for (int row = from; row < to; row++) {
                out[row] += one[row];
            }
        }
    }

    private static int sum(int... numbers) {
        return Arrays.stream(numbers).sum();
    }
}
