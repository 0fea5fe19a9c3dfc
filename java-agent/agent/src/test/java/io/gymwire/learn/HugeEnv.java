// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.learn;

import io.gymwire.env.VectorStep;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.NdArray;
import io.gymwire.testing.MemoryStep;

/** Four environments. After each step, the second one observes the place 1e22. */
public final class HugeEnv extends LineEnv {

    public HugeEnv() {
        super(4);
    }

    @Override
    protected VectorStep stepAll(NdArray actions) {
        MemoryStep step = (MemoryStep) super.stepAll(actions);
        double[] numbers = step.observations().toDoubles();
        numbers[2] = 1e22;
        return new MemoryStep(
                NdArray.ofDoubles(DType.FLOAT64, new int[] {4, 2}, numbers),
                step.rewards(),
                step.terminations(),
                step.truncations(),
                step.finals());
    }
}
