// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.linalg;

/** Operations on vectors, which are arrays of doubles. Every sum has a fixed order of its terms. */
public final class Vectors {

    private Vectors() {}

    /**
     * The sum of a[i] * b[i], as four interleaved sums that are added at the end: a processor computes the four sums in
     * parallel.
     */
    public static double dot(double[] a, double[] b) {
        double sum0 = 0;
        double sum1 = 0;
        double sum2 = 0;
        double sum3 = 0;
        int i = 0;
        for (; i + 4 <= a.length; i += 4) {
            sum0 = Math.fma(a[i], b[i], sum0);
            sum1 = Math.fma(a[i + 1], b[i + 1], sum1);
            sum2 = Math.fma(a[i + 2], b[i + 2], sum2);
            sum3 = Math.fma(a[i + 3], b[i + 3], sum3);
        }
        for (; i < a.length; i++) {
            sum0 = Math.fma(a[i], b[i], sum0);
        }
        return (sum0 + sum1) + (sum2 + sum3);
    }

    /** The Euclidean norm. */
    public static double norm(double[] a) {
        return Math.sqrt(dot(a, a));
    }

    /** The arithmetic mean; NaN for an empty array. */
    public static double mean(double[] a) {
        double sum = 0;
        for (double value : a) {
            sum += value;
        }
        return sum / a.length;
    }

    /** The population variance, computed in two passes; NaN for an empty array. */
    public static double variance(double[] a) {
        double mean = mean(a);
        double sum = 0;
        for (double value : a) {
            sum += (value - mean) * (value - mean);
        }
        return sum / a.length;
    }

    /** The maximum absolute value of an element; 0 for an empty array, and NaN if an element is NaN. */
    public static double greatest(double[] a) {
        double greatest = 0;
        for (double value : a) {
            greatest = Math.max(greatest, Math.abs(value));
        }
        return greatest;
    }

    /** Adds {@code a} to {@code sum}. */
    public static void add(double[] a, double[] sum) {
        for (int i = 0; i < a.length; i++) {
            sum[i] += a[i];
        }
    }

    /** Whether no element is NaN or infinite. */
    public static boolean isFinite(double[] a) {
        for (double value : a) {
            if (!Double.isFinite(value)) {
                return false;
            }
        }
        return true;
    }
}
