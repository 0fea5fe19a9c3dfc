// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.linalg.Kernels;
import io.gymwire.linalg.MatrixView;
import java.util.Random;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;

/**
 * One of the three matrix products of a layer, for 2,048 samples. The kernels compute it in blocks of 128 rows, as in
 * the learner. EJML computes it for all rows at once. X [rows][in] are the layer's inputs, W [in][out] the weights, and
 * D [rows][out] the derivatives with respect to the layer's outputs. X' and W' are the transposes.
 */
final class Product {

    static final int ROWS = 2048;
    private static final int GROUP = 128;

    /** The kind of product. */
    enum Form {
        /** X W, in the forward pass and in the tangent pass (for Fisher-vector products). */
        FORWARD("X W"),
        /** D W', in the reverse pass. W is transposed beforehand. */
        REVERSE("D W'"),
        /** X' D, the gradient with respect to the weights. */
        GRADIENT("X' D");

        private final String symbols;

        Form(String symbols) {
            this.symbols = symbols;
        }

        @Override
        public String toString() {
            return symbols;
        }
    }

    private final Form form;
    private final int in;
    private final int out;
    private final DMatrixRMaj inputs;
    private final DMatrixRMaj weights;
    private final DMatrixRMaj transposed;
    private final DMatrixRMaj derivatives;
    private final double[] biases; // all 0
    private final DMatrixRMaj result;
    private final MatrixView start = new MatrixView();
    private final MatrixView left = new MatrixView();
    private final MatrixView right = new MatrixView();
    private final MatrixView target = new MatrixView();

    Product(Form form, int in, int out) {
        this.form = form;
        this.in = in;
        this.out = out;
        Random random = new Random(1);
        this.inputs = random(random, ROWS, in);
        this.weights = random(random, in, out);
        this.transposed = CommonOps_DDRM.transpose(weights, null);
        this.derivatives = random(random, ROWS, out);
        this.biases = new double[Math.max(in, out)];
        this.result = switch (form) {
            case FORWARD -> new DMatrixRMaj(ROWS, out);
            case REVERSE -> new DMatrixRMaj(ROWS, in);
            case GRADIENT -> new DMatrixRMaj(in, out);
        };
    }

    /** The floating point operations of one product. */
    double operations() {
        return 2.0 * ROWS * in * out;
    }

    /** The shape, e.g. 2048x64x17. */
    String shape() {
        return ROWS + "x" + in + "x" + out;
    }

    Form form() {
        return form;
    }

    /** The elements of the last result. For a gradient, each call of {@link #run} adds to the earlier result. */
    double[] result() {
        return result.data;
    }

    /** Computes the product with this program's kernels. */
    void run(Kernels kernels) {
        for (int row = 0; row < ROWS; row += GROUP) {
            switch (form) {
                case FORWARD -> {
                    start.setRepeatedRow(biases, 0, GROUP, out);
                    left.setRowMajor(inputs.data, row * in, GROUP, in);
                    right.setRowMajor(weights.data, 0, in, out);
                    target.setRowMajor(result.data, row * out, GROUP, out);
                    kernels.product(start, left, right, target);
                }
                case REVERSE -> {
                    start.setRepeatedRow(biases, 0, GROUP, in);
                    left.setRowMajor(derivatives.data, row * out, GROUP, out);
                    right.setRowMajor(transposed.data, 0, out, in);
                    target.setRowMajor(result.data, row * in, GROUP, in);
                    kernels.product(start, left, right, target);
                }
                case GRADIENT -> {
                    left.setRowMajor(inputs.data, row * in, GROUP, in).transpose();
                    right.setRowMajor(derivatives.data, row * out, GROUP, out);
                    target.setRowMajor(result.data, 0, in, out);
                    kernels.addProduct(left, right, target);
                }
            }
        }
    }

    /** Computes the product with EJML. */
    void runEjml() {
        switch (form) {
            case FORWARD -> CommonOps_DDRM.mult(inputs, weights, result);
            case REVERSE -> CommonOps_DDRM.mult(derivatives, transposed, result);
            case GRADIENT -> CommonOps_DDRM.multTransA(inputs, derivatives, result);
        }
    }

    private static DMatrixRMaj random(Random random, int rows, int columns) {
        DMatrixRMaj matrix = new DMatrixRMaj(rows, columns);
        for (int i = 0; i < matrix.data.length; i++) {
            matrix.data[i] = random.nextGaussian();
        }
        return matrix;
    }
}
