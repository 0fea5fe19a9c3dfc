// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.net;

import io.gymwire.linalg.Kernels;
import io.gymwire.linalg.MatrixView;
import io.gymwire.linalg.RandomStream;
import io.gymwire.linalg.RowChunks;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.interfaces.decomposition.QRDecomposition;

/**
 * A multilayer perceptron with tanh between its layers and a linear last layer: a_0 = x, a_l = tanh(a_(l-1) W_l + b_l)
 * for l &lt; L, and a_L = a_(L-1) W_L + b_L. The input is x, the output is a_L, and each a_l has one row per sample.
 *
 * <p>Theta contains the parameters of layer 1, then those of layer 2, and so on. Layer l has first W_l (row-major,
 * [inputs][outputs]), named {@code l.weight}, and then b_l [outputs], named {@code l.bias}. Initial weights are
 * orthogonal (Saxe et al. 2013, arXiv:1312.6120), with gain sqrt 2 in the hidden layers and the caller's gain in the
 * last layer. Initial biases are 0.
 */
public final class Mlp implements Network {

    private static final Kernels KERNELS = Kernels.best();
    private static final double[] ONE = {1};

    /** A little less than the greatest length of an array in common JVMs. */
    private static final int MAX_PARAMETERS = Integer.MAX_VALUE - 8;

    private final int[] sizes;
    private final int[] weightOffsets;
    private final int parameterCount;
    private final int maxWidth;
    private final double[] zeros; // [maxWidth]

    /**
     * A network of the given shape.
     *
     * @param sizes the width of the input, of each hidden layer, and of the output: two numbers or more, each positive
     */
    public Mlp(int... sizes) {
        if (sizes.length < 2 || Arrays.stream(sizes).anyMatch(size -> size < 1)) {
            throw new IllegalArgumentException(
                    "layer sizes must be two or more positive numbers; got " + Arrays.toString(sizes));
        }
        requireIndexable(sizes);
        this.sizes = sizes.clone();
        this.weightOffsets = new int[sizes.length];
        for (int layer = 1; layer < sizes.length; layer++) {
            weightOffsets[layer] = layer == 1 ? 0 : biasOffset(layer - 1) + sizes[layer - 1];
        }
        this.parameterCount = biasOffset(sizes.length - 1) + outputSize();
        this.maxWidth = Arrays.stream(sizes).max().getAsInt();
        this.zeros = new double[maxWidth];
    }

    /** Checks that one array can contain all parameters. */
    private static void requireIndexable(int[] sizes) {
        double count = 0;
        for (int layer = 1; layer < sizes.length; layer++) {
            count += (sizes[layer - 1] + 1.0) * sizes[layer];
        }
        if (count > MAX_PARAMETERS) {
            throw new IllegalArgumentException(String.format(
                    Locale.ROOT,
                    "a network with the layer sizes %s would have %,.0f parameters, but at most %,d are possible;"
                            + " choose narrower layers",
                    Arrays.toString(sizes),
                    count,
                    MAX_PARAMETERS));
        }
    }

    /** A network with hidden layers of the given widths; without hidden layers it is affine. */
    public static Mlp withHidden(int inputSize, int[] hidden, int outputSize) {
        int[] sizes = new int[hidden.length + 2];
        sizes[0] = inputSize;
        System.arraycopy(hidden, 0, sizes, 1, hidden.length);
        sizes[sizes.length - 1] = outputSize;
        return new Mlp(sizes);
    }

    @Override
    public int inputSize() {
        return sizes[0];
    }

    @Override
    public int outputSize() {
        return sizes[sizes.length - 1];
    }

    @Override
    public int parameterCount() {
        return parameterCount;
    }

    @Override
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>();
        for (int layer = 1; layer < sizes.length; layer++) {
            parameters.add(new Parameter(layer + ".weight", weightOffset(layer), inputs(layer), outputs(layer)));
            parameters.add(new Parameter(layer + ".bias", biasOffset(layer), outputs(layer)));
        }
        return parameters;
    }

    /** The number of layers with weights. */
    public int layers() {
        return sizes.length - 1;
    }

    /** The widths of all layers, from the input to the output. */
    public int[] sizes() {
        return sizes.clone();
    }

    /** The number of rows of W_l. */
    private int inputs(int layer) {
        return sizes[layer - 1];
    }

    /** The number of columns of W_l. */
    private int outputs(int layer) {
        return sizes[layer];
    }

    /** The index in theta where W_l begins, l = 1, ..., layers(). */
    public int weightOffset(int layer) {
        return weightOffsets[layer];
    }

    /** The index in theta where b_l begins, l = 1, ..., layers(). */
    public int biasOffset(int layer) {
        return weightOffsets[layer] + sizes[layer - 1] * sizes[layer];
    }

    @Override
    public void initialize(RandomStream random, double headGain, double[] theta) {
        Arrays.fill(theta, 0, parameterCount, 0);
        for (int layer = 1; layer < sizes.length; layer++) {
            double gain = layer == sizes.length - 1 ? headGain : Math.sqrt(2);
            DMatrixRMaj weights = orthogonal(sizes[layer - 1], sizes[layer], random, weightOffsets[layer]);
            CommonOps_DDRM.scale(gain, weights);
            System.arraycopy(weights.data, 0, theta, weightOffsets[layer], weights.getNumElements());
        }
    }

    /**
     * A random matrix with orthonormal rows or orthonormal columns, whichever are fewer. All such matrices are equally
     * likely (Mezzadri 2007).
     */
    private static DMatrixRMaj orthogonal(int rows, int cols, RandomStream random, long counter) {
        DMatrixRMaj gaussian = new DMatrixRMaj(Math.max(rows, cols), Math.min(rows, cols));
        for (int i = 0; i < gaussian.data.length; i++) {
            gaussian.data[i] = random.gaussian(counter + i);
        }
        QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(gaussian.numRows, gaussian.numCols);
        if (!qr.decompose(gaussian.copy())) {
            throw new IllegalStateException("QR decomposition of a " + rows + " x " + cols + " random matrix failed");
        }
        DMatrixRMaj q = qr.getQ(null, true);
        DMatrixRMaj r = qr.getR(null, true);
        for (int column = 0; column < q.numCols; column++) {
            if (r.get(column, column) < 0) {
                for (int row = 0; row < q.numRows; row++) {
                    q.set(row, column, -q.get(row, column));
                }
            }
        }
        return rows >= cols ? q : CommonOps_DDRM.transpose(q, null);
    }

    @Override
    public void rescaleOutput(double[] theta, double factor, double shift) {
        int last = layers();
        for (int i = weightOffset(last); i < parameterCount; i++) {
            theta[i] *= factor;
        }
        for (int i = biasOffset(last); i < parameterCount; i++) {
            theta[i] += shift;
        }
    }

    /** Uses (z D + offset) W_1 + b_1 = z (D W_1) + (offset W_1 + b_1), with D = diag(scale). */
    @Override
    public void substituteInput(double[] theta, double[] scale, double[] offset) {
        int outputs = outputs(1);
        int bias = biasOffset(1);
        for (int i = 0; i < inputSize(); i++) {
            for (int j = 0; j < outputs; j++) {
                double weight = theta[i * outputs + j];
                theta[bias + j] = Math.fma(weight, offset[i], theta[bias + j]);
                theta[i * outputs + j] = weight * scale[i];
            }
        }
    }

    @Override
    public Activations activations(DMatrixRMaj input, Activations reused) {
        if (input.numCols != inputSize()) {
            throw new IllegalArgumentException(
                    "input has " + input.numCols + " columns, the network takes " + inputSize());
        }
        DMatrixRMaj[] layers = reused == null ? new DMatrixRMaj[sizes.length] : reused.layers;
        layers[0] = input;
        for (int layer = 1; layer < sizes.length; layer++) {
            if (reused == null) {
                layers[layer] = new DMatrixRMaj(input.numRows, sizes[layer]);
            } else {
                layers[layer].reshape(input.numRows, sizes[layer]);
            }
        }
        return reused == null ? new Activations(layers) : reused;
    }

    /** Computes a_1, ..., a_L. */
    @Override
    public void forward(double[] theta, Activations activations, int from, int to) {
        Operands operands = Operands.ofThread();
        MatrixView biases = operands.start;
        MatrixView a = operands.left;
        MatrixView weights = operands.right;
        MatrixView z = operands.result;
        for (int layer = 1; layer < sizes.length; layer++) {
            viewBiases(biases, theta, layer, to - from);
            viewRows(a, activations, layer - 1, from, to);
            viewWeights(weights, theta, layer);
            viewRows(z, activations, layer, from, to);
            KERNELS.product(biases, a, weights, z);
            if (layer < sizes.length - 1) {
                KERNELS.tanh(z);
            }
        }
    }

    /** Sets a view to b_l of a parameter vector, repeated for {@code rows} rows. */
    private void viewBiases(MatrixView view, double[] theta, int layer, int rows) {
        view.setRepeatedRow(theta, biasOffset(layer), rows, outputs(layer));
    }

    /** Sets a view to W_l of a parameter vector. */
    private void viewWeights(MatrixView view, double[] theta, int layer) {
        view.setRowMajor(theta, weightOffset(layer), inputs(layer), outputs(layer));
    }

    /** Sets a view to the rows {@code from}, ..., {@code to - 1} of a_l. */
    private void viewRows(MatrixView view, Activations activations, int layer, int from, int to) {
        int width = sizes[layer];
        view.setRowMajor(activations.layers[layer].data, from * width, to - from, width);
    }

    /** Writes W_l' [outputs][inputs] at the index where theta has W_l, for all layers except the first. */
    @Override
    public void transposeWeights(double[] theta, double[] transposed) {
        for (int layer = 2; layer < sizes.length; layer++) {
            transposeWeights(theta, transposed, layer, 0, inputs(layer));
        }
    }

    /** Transposes the rows {@code from}, ..., {@code to - 1} of W_l; does nothing for the first layer. */
    private void transposeWeights(double[] theta, double[] transposed, int layer, int from, int to) {
        if (layer > 1 && from < to) {
            int outputs = outputs(layer);
            int offset = weightOffset(layer);
            Operands operands = Operands.ofThread();
            MatrixView weights = operands.left.setRowMajor(theta, offset + from * outputs, to - from, outputs);
            MatrixView columns = operands.result.set(transposed, offset + from, outputs, to - from, inputs(layer), 1);
            Kernels.copyTransposed(weights, columns);
        }
    }

    @Override
    public void backward(
            double[] transposed,
            Activations activations,
            double[] outputGradient,
            double[] gradient,
            int from,
            int to) {
        int rows = to - from;
        Operands operands = Operands.ofThread(rows, maxWidth);
        System.arraycopy(outputGradient, 0, operands.from, 0, rows * outputSize());
        MatrixView left = operands.left;
        MatrixView right = operands.right;
        MatrixView result = operands.result;
        for (int layer = sizes.length - 1; layer >= 1; layer--) {
            int in = inputs(layer);
            int out = outputs(layer);
            double[] delta = operands.from;
            // The gradient of W_l is a_(l-1)' delta.
            viewRows(left, activations, layer - 1, from, to);
            left.transpose();
            right.setRowMajor(delta, 0, rows, out);
            viewWeights(result, gradient, layer);
            KERNELS.addProduct(left, right, result);
            // The gradient of b_l is the sum of the rows of delta: a row of ones times delta.
            left.set(ONE, 0, 1, rows, 0, 0);
            result.setRowMajor(gradient, biasOffset(layer), 1, out);
            KERNELS.addProduct(left, right, result);
            if (layer > 1) {
                // The next delta is delta W_l', times the derivative of tanh.
                operands.start.setRepeatedRow(zeros, 0, rows, in);
                left.setRowMajor(delta, 0, rows, out);
                right.setRowMajor(transposed, weightOffset(layer), out, in);
                result.setRowMajor(operands.to, 0, rows, in);
                KERNELS.product(operands.start, left, right, result);
                viewRows(left, activations, layer - 1, from, to);
                Kernels.multiplyTanhDerivative(result, left);
                operands.swap();
            }
        }
    }

    /** Computes J v in a forward pass; J = d output / d theta (Pearlmutter 1994, DOI 10.1162/neco.1994.6.1.147). */
    @Override
    public void tangent(double[] theta, double[] v, Activations activations, double[] outputTangent, int from, int to) {
        int rows = to - from;
        Operands operands = Operands.ofThread(rows, maxWidth);
        MatrixView biases = operands.start;
        MatrixView left = operands.left;
        MatrixView weights = operands.right;
        MatrixView z = operands.result;
        for (int layer = 1; layer < sizes.length; layer++) {
            boolean last = layer == sizes.length - 1;
            viewBiases(biases, v, layer, rows);
            viewRows(left, activations, layer - 1, from, to);
            viewWeights(weights, v, layer);
            z.setRowMajor(last ? outputTangent : operands.to, 0, rows, outputs(layer));
            KERNELS.product(biases, left, weights, z);
            if (layer > 1) {
                left.setRowMajor(operands.from, 0, rows, inputs(layer));
                viewWeights(weights, theta, layer);
                KERNELS.addProduct(left, weights, z);
            }
            if (!last) {
                viewRows(left, activations, layer, from, to);
                Kernels.multiplyTanhDerivative(z, left);
                operands.swap();
            }
        }
    }

    /**
     * In each layer, a part has the weights of some inputs. If the layer has fewer inputs than there are parts, some
     * parts have no weights of this layer. The last part also has the biases.
     */
    @Override
    public void updatePart(int part, int parts, double[] theta, double[] transposed, RangeUpdate update) {
        for (int layer = 1; layer < sizes.length; layer++) {
            int first = RowChunks.start(inputs(layer), part, parts);
            int last = RowChunks.start(inputs(layer), part + 1, parts);
            int from = weightOffset(layer) + first * outputs(layer);
            int to = part == parts - 1
                    ? biasOffset(layer) + outputs(layer)
                    : weightOffset(layer) + last * outputs(layer);
            if (from < to) {
                update.update(from, to);
            }
            transposeWeights(theta, transposed, layer, first, last);
        }
    }
}
