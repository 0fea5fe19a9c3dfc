// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.rollout;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

final class ExplainedVarianceTest {

    @Test
    void isOneForAPerfectCriticAndZeroForACriticThatPredictsAConstant() {
        double[] returns = {1, 2, 3, 4};
        assertEquals(1, BatchAssembler.explainedVariance(returns, returns));
        assertEquals(1, BatchAssembler.explainedVariance(new double[] {0, 1, 2, 3}, returns), "ignores an offset");
        assertEquals(0, BatchAssembler.explainedVariance(new double[4], returns));
        assertEquals(-3, BatchAssembler.explainedVariance(new double[] {-1, -2, -3, -4}, returns));
        assertTrue(Double.isNaN(BatchAssembler.explainedVariance(returns, new double[] {5, 5, 5, 5})));
    }
}
