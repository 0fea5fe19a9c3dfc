// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.policy.RunningMoments;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/**
 * Normalises observations: (x - mean) / std, clipped to [-{@value #CLIP}, {@value #CLIP}], with the running mean and
 * standard deviation of each element over training.
 *
 * <p>The statistics change in {@link #update} alone, once in an iteration: after the policy's update, but with the very
 * first batch before it. An element that has never changed becomes 0.
 */
public final class ObservationNormalizer {

    /** As in Stable-Baselines3 and Tianshou: bounds what a rare observation can do. */
    public static final double CLIP = 10;
    /** Added to the variance: keeps elements that hardly change small. */
    private static final double VARIANCE_FLOOR = 1e-8;

    private final boolean[] columns;
    private final boolean enabled;
    private final RunningMoments moments;
    private final double[] mean;
    private final double[] inverseStd;

    /**
     * A normaliser that has seen nothing and changes nothing but the clipping.
     *
     * @param columns which elements it normalises; it passes the others through, as one-hot rows want it; not modified
     */
    public ObservationNormalizer(boolean... columns) {
        int size = columns.length;
        this.columns = columns.clone();
        this.enabled = IntStream.range(0, size).anyMatch(j -> columns[j]);
        this.moments = new RunningMoments(size);
        this.mean = new double[size];
        this.inverseStd = new double[size];
        refresh();
    }

    /** A normaliser of an encoder's rows that has seen nothing. */
    public static ObservationNormalizer of(Encoder encoder) {
        return new ObservationNormalizer(encoder.continuous());
    }

    /**
     * How normalised observations z' were made of what they are now: z = scale * z' + offset, element by element, but
     * for the clipping.
     *
     * @param scale [size]; 0 for an element that had never changed before
     * @param offset [size]
     */
    public record Change(double[] scale, double[] offset) {}

    /** Whether it normalises and has seen a batch. */
    public boolean hasStatistics() {
        return moments.count() > 0;
    }

    /**
     * Adds a batch to the statistics.
     *
     * @param observations [n][size]; not modified
     * @return what that changes
     */
    public Change update(DMatrixRMaj observations) {
        double[] scale = new double[mean.length];
        double[] offset = new double[mean.length];
        Arrays.fill(scale, 1);
        if (enabled) {
            double[] oldMean = mean.clone();
            double[] oldInverseStd = inverseStd.clone();
            moments.add(observations);
            refresh();
            for (int j = 0; j < scale.length; j++) {
                scale[j] = inverseStd[j] == 0 ? 1 : oldInverseStd[j] / inverseStd[j];
                offset[j] = (mean[j] - oldMean[j]) * oldInverseStd[j];
            }
        }
        return new Change(scale, offset);
    }

    /**
     * Takes over the statistics of another normaliser.
     *
     * @param other of the same columns; not modified
     */
    public void copy(ObservationNormalizer other) {
        moments.set(other.moments.count(), other.moments.mean(), other.moments.squares());
        refresh();
    }

    /** Takes over {@link #moments} after a change from outside. */
    public void refresh() {
        for (int j = 0; j < mean.length; j++) {
            double variance = moments.variance(j);
            mean[j] = moments.mean()[j];
            if (!columns[j] || moments.count() == 0) {
                mean[j] = 0;
                inverseStd[j] = 1;
            } else {
                inverseStd[j] = variance == 0 ? 0 : 1 / Math.sqrt(variance + VARIANCE_FLOOR);
            }
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

    /** Of each element, whether it is normalised; the others pass through. */
    public boolean[] columns() {
        return columns.clone();
    }

    /** Whether it normalises at all. */
    public boolean enabled() {
        return enabled;
    }
}
