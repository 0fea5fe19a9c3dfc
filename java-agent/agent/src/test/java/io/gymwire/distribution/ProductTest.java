// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.gymwire.linalg.RandomStream;
import java.util.List;
import org.ejml.data.DMatrixRMaj;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ProductTest {

    /** In the same draw of a stream, the noise of a Gaussian must say nothing about a choice or a bit. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7})
    void thePartsOfAnActionAreDrawnIndependently(int draw) {
        FactorPosition first = FactorPosition.FIRST;
        Distribution arm = new Gaussian(new boolean[1], 0, 0, first);
        FactorPosition second = first.behind(arm);
        Distribution gear = new Categorical(2, second);
        FactorPosition third = second.behind(gear);
        Distribution grip = new Bernoulli(1, third);
        Product product = new Product(List.of(
                new Product.Factor("arm", arm, first),
                new Product.Factor("gear", gear, second),
                new Product.Factor("grip", grip, third)));
        // The mean 0 of the Gaussian; logits for which gear and grip are 1 with probability 3/4.
        DMatrixRMaj outputs = new DMatrixRMaj(1, 4, true, 0, 0, Math.log(3), Math.log(3));
        DistributionInputs inputs = new DistributionInputs(new double[1], 0, outputs);
        int streams = 10_000;
        DMatrixRMaj actions = new DMatrixRMaj(1, 3);
        double[][] sums = new double[2][6]; // for gear and grip: sums of noise, noise^2 and counts, for both values
        for (int i = 0; i < streams; i++) {
            RandomStream random = new RandomStream(5, RandomStream.Role.ACTION, i);
            product.sample(inputs, 0, random, draw, actions, 0);
            double noise = actions.data[0];
            for (int part = 0; part < 2; part++) {
                int value = (int) actions.data[1 + part];
                sums[part][value] += noise;
                sums[part][2 + value] += noise * noise;
                sums[part][4 + value]++;
            }
        }
        for (double[] sum : sums) {
            for (int value = 0; value < 2; value++) {
                double count = sum[4 + value];
                // Six standard errors: of a mean of standard normal numbers, and of a mean of their squares.
                assertEquals(streams * (value == 1 ? 0.75 : 0.25), count, 6 * Math.sqrt(streams * 0.75 * 0.25));
                assertEquals(0, sum[value] / count, 6 / Math.sqrt(count));
                assertEquals(1, sum[2 + value] / count, 6 * Math.sqrt(2 / count));
            }
        }
    }
}
