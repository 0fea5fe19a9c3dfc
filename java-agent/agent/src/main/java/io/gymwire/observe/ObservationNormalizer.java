// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.observe;

import io.gymwire.policy.RunningMoments;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.ejml.data.DMatrixRMaj;

/**
 * The normalisation of observations: (x - mean) / std, clipped to [-{@value #CLIP}, {@value #CLIP}], with the running
 * mean and standard deviation of each element over training.
 *
 * <p>During training, only {@link #update} changes the statistics, once in an iteration. In the first iteration this is
 * before the policy's update, and in later iterations after the policy's update. With {@code --lag 1}, the policy that
 * draws the actions has its own normaliser, and {@link #copy} changes that normaliser's statistics. If an element that
 * is normalised has had the same value in all batches so far, its normalised value is 0.
 */
public final class ObservationNormalizer {

    /**
     * The limit of a normalised element, as in Stable-Baselines3 and Tianshou. It limits the effect of a rare
     * observation.
     */
    public static final double CLIP = 10;
    /** The number added to the variance. With it, elements that hardly change have small normalised values. */
    private static final double VARIANCE_FLOOR = 1e-8;

    /**
     * The greatest scale and offset of a {@link Change}. Greater numbers would make the weights of a first layer so
     * large that rounding errors change its outputs.
     */
    private static final double CHANGE_LIMIT = 1e6;

    private final boolean[] columns;
    private final boolean enabled;
    private final RunningMoments moments;
    private final double[] mean;
    private final double[] inverseStd;

    /**
     * A normaliser without statistics. As long as it has no statistics, it only clips.
     *
     * @param columns true for each element that is normalised. Elements with false, such as one-hot columns, are only
     *     clipped. If every element has false, nothing is clipped. The array is not modified.
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

    /** A normaliser of an encoder's rows, without statistics. */
    public static ObservationNormalizer of(Encoder encoder) {
        return new ObservationNormalizer(encoder.continuous());
    }

    /**
     * The effect of new statistics on the normalised value z of each element: z_old = scale * z_new + offset. Here
     * z_old is computed with the old statistics and z_new with the new statistics, both without clipping.
     *
     * <p>If the equation needs a scale or an offset beyond one million, for example after an observation of 1e22, the
     * element has the scale 1 and the offset 0 instead, and the equation does not hold for it.
     *
     * @param scale [size]; 0 for an element that had one value in all earlier batches and changes now, 1 for an element
     *     that has never changed
     * @param offset [size]
     */
    public record Change(double[] scale, double[] offset) {}

    /** Whether the normaliser has statistics from a batch. */
    public boolean hasStatistics() {
        return moments.count() > 0;
    }

    /**
     * Whether every row so far consists of zeros when it is normalised: each normalised element has had one value, and
     * each other element has been 0. This is also true without rows.
     */
    public boolean hasOnlyZeros() {
        return IntStream.range(0, mean.length)
                .allMatch(j -> moments.squares()[j] == 0 && (columns[j] || moments.mean()[j] == 0));
    }

    /**
     * Adds a batch to the statistics.
     *
     * @param observations [n][size]; not modified
     * @return the change of normalised observations
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
                double factor = oldInverseStd[j] / inverseStd[j]; // 0 / 0 for an element that has never changed
                double shift = (mean[j] - oldMean[j]) * oldInverseStd[j];
                if (factor <= CHANGE_LIMIT && Math.abs(shift) <= CHANGE_LIMIT) {
                    scale[j] = factor;
                    offset[j] = shift;
                }
            }
        }
        return new Change(scale, offset);
    }

    /**
     * Copies the statistics of another normaliser.
     *
     * @param other a normaliser of the same columns; not modified
     */
    public void copy(ObservationNormalizer other) {
        moments.set(other.moments.count(), other.moments.mean(), other.moments.squares());
        refresh();
    }

    /** Computes the mean and the standard deviation again. Call this method after you have changed {@link #moments}. */
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
     * @param out a matrix of the same shape; the rows {@code from}, ..., {@code to - 1} are overwritten
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

    /** The running statistics, not a copy; call {@link #refresh} after changing them. */
    public RunningMoments moments() {
        return moments;
    }

    /** For each element, whether it is normalised. */
    public boolean[] columns() {
        return columns.clone();
    }

    /** Whether the normaliser normalises any element. */
    public boolean enabled() {
        return enabled;
    }
}
