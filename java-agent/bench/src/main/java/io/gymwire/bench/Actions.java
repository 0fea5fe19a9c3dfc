// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.env.VectorEnv;
import io.gymwire.env.space.NdArray;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * Random actions with which several programs step the same environments.
 *
 * @param batches each batch has one action for each environment; the step after the last batch uses the first batch
 *     again
 */
record Actions(List<NdArray> batches) {

    private static final int COUNT = 128;

    /** Draws actions for all environments of a vector environment. */
    static Actions draw(VectorEnv env) {
        Random random = new Random(1);
        List<NdArray> batches = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            batches.add(env.sampleActions(random));
        }
        return new Actions(batches);
    }

    /** Joins the actions for several vector environments. A joined batch has the actions for all their environments. */
    static Actions join(List<Actions> parts) {
        List<NdArray> batches = new ArrayList<>();
        for (int i = 0; i < COUNT; i++) {
            List<NdArray> rows = new ArrayList<>();
            for (Actions part : parts) {
                NdArray batch = part.batches().get(i);
                for (int env = 0; env < batch.shape()[0]; env++) {
                    rows.add(batch.row(env));
                }
            }
            batches.add(NdArray.stack(rows));
        }
        return new Actions(batches);
    }

    NdArray at(int step) {
        return batches.get(step % batches.size());
    }

    /** NumPy's name of the element type. */
    String dtype() {
        return batches.get(0).dtype().numpyName();
    }

    /** The shape of one batch. */
    int[] shape() {
        return batches.get(0).shape();
    }

    /** Writes all batches one after another, little-endian. */
    void write(Path file) throws IOException {
        try (OutputStream out = Files.newOutputStream(file)) {
            for (NdArray batch : batches) {
                ByteBuffer data = batch.data();
                byte[] bytes = new byte[data.remaining()];
                data.get(bytes);
                out.write(bytes);
            }
        }
    }
}
