// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.policy.RunningMoments;
import org.ejml.data.DMatrixRMaj;

/**
 * Normalises observations: (x - mean) / std, clipped to [-{@value #CLIP}, {@value #CLIP}], with the running mean and
 * standard deviation of each element over training.
 *
 * <p>The statistics change in {@link #update} alone, between iterations: within one, every observation is seen through
 * the same function by sampling, advantage estimation and update.
 */
public final class ObservationNormalizer {

    /** As in Stable-Baselines3 and Tianshou: bounds what a rare observation can do. */
    public static final double CLIP = 10;
    /** Keeps elements that never change finite. */
    private static final double VARIANCE_FLOOR = 1e-8;

    private final boolean enabled;
    private final RunningMoments moments;
    private final double[] mean;
    private final double[] inverseStd;

    /**
     * A normaliser of {@code size} elements that has seen nothing and changes nothing but the clipping.
     *
     * @param enabled false passes observations through, as one-hot rows want it
     */
    public ObservationNormalizer(int size, boolean enabled) {
        this.enabled = enabled;
        this.moments = new RunningMoments(size);
        this.mean = new double[size];
        this.inverseStd = new double[size];
        refresh();
    }

    /** A normaliser of an encoder's rows that has seen nothing. */
    public static ObservationNormalizer of(Encoder encoder) {
        return new ObservationNormalizer(encoder.size(), encoder.isContinuous());
    }

    /** Adds a batch [n][size] to the statistics; not modified. */
    public void update(DMatrixRMaj observations) {
        if (enabled) {
            moments.add(observations);
            refresh();
        }
    }

    /** Takes over {@link #moments} after a change from outside. */
    public void refresh() {
        for (int j = 0; j < mean.length; j++) {
            mean[j] = moments.mean()[j];
            inverseStd[j] = 1 / Math.sqrt(moments.variance(j) + (moments.count() == 0 ? 0 : VARIANCE_FLOOR));
        }
    }

    /**
     * Normalises rows.
     *
     * @param raw [rows][size]; not modified
     * @param out of the same shape; the rows {@code from}, ..., {@code to - 1} are overwritten
     */
    public void normalize(DMatrixRMaj raw, DMatrixRMaj out, int from, int to) {
        int size = mean.length;
        if (!enabled) {
            System.arraycopy(raw.data, from * size, out.data, from * size, (to - from) * size);
            return;
        }
        for (int row = from; row < to; row++) {
            for (int j = 0; j < size; j++) {
                double z = (raw.data[row * size + j] - mean[j]) * inverseStd[j];
                out.data[row * size + j] = Math.max(-CLIP, Math.min(CLIP, z));
            }
        }
    }

    /** The running statistics, live; call {@link #refresh} after changing them. */
    public RunningMoments moments() {
        return moments;
    }

    /** Whether it normalises at all. */
    public boolean enabled() {
        return enabled;
    }
}
