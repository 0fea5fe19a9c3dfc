// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0

package io.gymwire.linalg;

/** Operations on plain vectors, each a loop in ascending order. */
public final class Vectors {

    private Vectors() {}

    /** The sum of a[i] * b[i]. */
    public static double dot(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum = Math.fma(a[i], b[i], sum);
        }
        return sum;
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

    /** The population variance, by two passes; NaN for an empty array. */
    public static double variance(double[] a) {
        double mean = mean(a);
        double sum = 0;
        for (double value : a) {
            sum += (value - mean) * (value - mean);
        }
        return sum / a.length;
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
