// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.testing;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import io.gymwire.distribution.ActionModel;
import io.gymwire.distribution.Bernoulli;
import io.gymwire.distribution.Categorical;
import io.gymwire.distribution.Distribution;
import io.gymwire.distribution.DistributionInputs;
import io.gymwire.distribution.Gaussian;
import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.MultiBinarySpace;
import io.gymwire.env.space.Space;
import io.gymwire.env.space.TupleSpace;
import io.gymwire.net.Activations;
import io.gymwire.net.Mlp;
import io.gymwire.policy.Policy;
import io.gymwire.settings.Settings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.ejml.data.DMatrixRMaj;

/**
 * One update of TRPO or two updates of PPO, from a golden file: the policy, the batch, and the results that PyTorch
 * computed.
 */
public final class GoldenUpdate {
    private static final String[] NAMES = {
        "categorical_4_8_8_2",
        "categorical_3_16_5",
        "categorical_entropy_4_6_3",
        "gaussian_3_8_8_1",
        "gaussian_17_64_64_6",
        "gaussian_entropy_5_7_3_2",
        "clipped_gaussian_4_9_3",
        "gaussian_8_2",
        "bernoulli_entropy_3_7_4",
        "product_5_9_11"
    };

    private final Golden golden;
    private final Policy policy;

    private GoldenUpdate(String name) {
        this.golden = Golden.read(name);
        int[] sizes = Arrays.stream(golden.array("meta", "sizes"))
                .mapToInt(size -> (int) size)
                .toArray();
        this.policy = new Policy(new Mlp(sizes), distribution(golden, sizes[sizes.length - 1]));
    }

    private static Distribution distribution(Golden golden, int outputs) {
        return switch (golden.text("kind")) {
            case "categorical" -> new Categorical(outputs);
            case "bernoulli" -> new Bernoulli(outputs);
            case "gaussian" -> new Gaussian(outputs, 0);
            case "clipped_gaussian" -> {
                boolean[] clipped = new boolean[outputs];
                Arrays.fill(clipped, true);
                yield new Gaussian(clipped, 0, 0);
            }
            case "product" -> product(golden.list("factors"));
            default -> throw new IllegalArgumentException(golden.text("kind"));
        };
    }

    /** @param factors for each factor: its kind and the number of its outputs */
    private static Distribution product(JsonArray factors) {
        List<Space> spaces = new ArrayList<>();
        for (JsonElement factor : factors) {
            int outputs = factor.getAsJsonArray().get(1).getAsInt();
            spaces.add(
                    switch (factor.getAsJsonArray().get(0).getAsString()) {
                        case "categorical" -> new DiscreteSpace(outputs, 0, DType.INT64);
                        case "bernoulli" -> new MultiBinarySpace(outputs);
                        default ->
                            new BoxSpace(DType.FLOAT64, new int[] {outputs}, new double[outputs], new double[outputs]);
                    });
        }
        return ActionModel.of(new TupleSpace(spaces), Settings.DEFAULTS).distribution();
    }

    /** Returns all updates of TRPO, for parametrised tests. */
    public static Stream<GoldenUpdate> all() {
        return Arrays.stream(NAMES).map(GoldenUpdate::new);
    }

    /** Returns the update, or for PPO the two updates, of the golden file with the given name. */
    public static GoldenUpdate named(String name) {
        return new GoldenUpdate(name);
    }

    /** Returns the golden file. */
    public Golden golden() {
        return golden;
    }

    /** Returns the policy, without its parameters. */
    public Policy policy() {
        return policy;
    }

    /** Returns the policy's distribution over actions. */
    public Distribution distribution() {
        return policy.distribution();
    }

    /** Returns the number of states. */
    public int samples() {
        return golden.count("samples");
    }

    /** Returns an array of the golden file's section "inputs". */
    public double[] input(String field) {
        return golden.array("inputs", field);
    }

    /** Returns an array of the golden file's section "outputs". */
    public double[] output(String field) {
        return golden.array("outputs", field);
    }

    /** Returns a number of the golden file's section "outputs". */
    public double result(String field) {
        return golden.number("outputs", field);
    }

    /** Returns the states [N][observation size]. */
    public DMatrixRMaj observations() {
        return new DMatrixRMaj(samples(), policy.network().inputSize(), true, input("observations"));
    }

    /** Returns the actions [N][action size]. */
    public DMatrixRMaj actions() {
        return new DMatrixRMaj(samples(), policy.distribution().actionSize(), true, input("actions"));
    }

    /** Runs the network over all states. */
    public Activations forward(double[] theta) {
        Activations activations = policy.network().activations(observations());
        policy.network().forward(theta, activations, 0, samples());
        return activations;
    }

    /** Returns the distributions over actions in all states. */
    public DistributionInputs inputs(double[] theta) {
        return policy.inputs(theta, forward(theta));
    }

    /** Returns the distributions that belong to given outputs of the network. */
    public DistributionInputs inputs(double[] theta, DMatrixRMaj outputs) {
        return new DistributionInputs(theta, policy.network().parameterCount(), outputs);
    }

    @Override
    public String toString() {
        return golden.text("name");
    }
}
