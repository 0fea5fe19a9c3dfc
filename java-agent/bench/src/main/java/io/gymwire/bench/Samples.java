// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Repeated measurements of one quantity. */
final class Samples {

    private final List<Double> values = new ArrayList<>();

    void add(double value) {
        values.add(value);
    }

    boolean isEmpty() {
        return values.isEmpty();
    }

    /** The median; for an even number of values, the mean of the middle two. */
    double median() {
        if (values.isEmpty()) {
            throw new IllegalStateException("nothing was measured");
        }
        double[] sorted =
                values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** The median as a text, in microseconds. The values must be in seconds. */
    String micros() {
        return String.format(Locale.ROOT, "%,.0f", 1e6 * median());
    }

    /** The median and every value, for a file. */
    Map<String, Object> figures() {
        return Map.of("median", median(), "values", List.copyOf(values));
    }
}
