// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.policy;

import java.util.Arrays;
import org.ejml.data.DMatrixRMaj;

/**
 * The mean and variance of every column over all rows added so far. Batches are merged by the parallel formula of Chan,
 * Golub and LeVeque (1983, DOI 10.1080/00031305.1983.10483115). This formula has no catastrophic cancellation (the loss
 * of most digits in a difference of nearly equal numbers), even if the mean is far from 0.
 */
public final class RunningMoments {

    private final double[] mean;
    private final double[] squares;
    private double count;

    /** The moments of {@code width} columns, without rows yet. */
    public RunningMoments(int width) {
        this.mean = new double[width];
        this.squares = new double[width];
    }

    /** Adds the rows of a batch [n][width]. The batch is not modified. */
    public void add(DMatrixRMaj batch) {
        int width = mean.length;
        int rows = batch.numRows;
        if (rows == 0) {
            return;
        }
        // Each sum is over the differences from the first row's value. If all rows have the same value in a column, the
        // column's sum is exactly 0. The sum of the values themselves could be rounded, and then the variance would not
        // be 0.
        double[] batchMean = new double[width];
        for (int row = 1; row < rows; row++) {
            for (int j = 0; j < width; j++) {
                batchMean[j] += batch.data[row * width + j] - batch.data[j];
            }
        }
        for (int j = 0; j < width; j++) {
            batchMean[j] = batch.data[j] + batchMean[j] / rows;
        }
        double[] batchSquares = new double[width];
        for (int row = 0; row < rows; row++) {
            for (int j = 0; j < width; j++) {
                double distance = batch.data[row * width + j] - batchMean[j];
                batchSquares[j] += distance * distance;
            }
        }
        double total = count + rows;
        for (int j = 0; j < width; j++) {
            double distance = batchMean[j] - mean[j];
            squares[j] += batchSquares[j] + distance * distance * count * rows / total;
            mean[j] = count == 0 ? batchMean[j] : mean[j] + distance * rows / total;
        }
        count = total;
    }

    /** The number of rows added. */
    public double count() {
        return count;
    }

    /** The mean of each column, not a copy; zeros before the first row. */
    public double[] mean() {
        return mean;
    }

    /** For each column, the sum of the squared distances from its mean; not a copy. */
    public double[] squares() {
        return squares;
    }

    /** The population variance of column j; 1 before the first row. */
    public double variance(int j) {
        return count == 0 ? 1 : squares[j] / count;
    }

    /** Replaces the count and all moments, for example with the values of a checkpoint. */
    public void set(double count, double[] mean, double[] squares) {
        this.count = count;
        System.arraycopy(mean, 0, this.mean, 0, this.mean.length);
        System.arraycopy(squares, 0, this.squares, 0, this.squares.length);
    }

    /** A copy that later batches do not change. */
    public RunningMoments copy() {
        RunningMoments copy = new RunningMoments(mean.length);
        copy.set(count, mean, squares);
        return copy;
    }

    @Override
    public String toString() {
        return "RunningMoments[count=" + count + ", mean=" + Arrays.toString(mean) + "]";
    }
}
