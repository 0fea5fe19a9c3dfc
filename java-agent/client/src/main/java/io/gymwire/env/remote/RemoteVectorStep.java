// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import com.google.protobuf.ByteString;
import io.gymwire.env.EnvOutput;
import io.gymwire.env.OmittedInfo;
import io.gymwire.env.VectorStep;
import io.gymwire.env.space.ArraySpace;
import io.gymwire.env.space.Batches;
import io.gymwire.env.space.Leaves;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.Space;
import io.gymwire.proto.v1.FinalStep;
import io.gymwire.proto.v1.StepResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collections;
import java.util.List;
import java.util.Map;

/** A view of the last StepResponse. It decodes final observations and infos only when a caller reads them. */
final class RemoteVectorStep implements VectorStep {
    private final int numEnvs;
    private final Space space;
    /** The arrays in the observations; empty if a part of the space is not an array. */
    private final List<ObservedArray> arrays;

    private final ByteBuffer rewards; // [numEnvs] float64
    private StepResponse response;
    private boolean plain; // whether the arrays can be read without decoding the observations
    private Object observations; // null until they are decoded

    RemoteVectorStep(int numEnvs, Space observationSpace) {
        this.numEnvs = numEnvs;
        this.space = observationSpace;
        this.arrays = ObservedArray.of(observationSpace, numEnvs);
        this.rewards = ByteBuffer.allocate(8 * numEnvs).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Makes this object a view of a response.
     *
     * @throws IllegalArgumentException if a field that this method reads is malformed
     */
    void read(StepResponse response) {
        this.response = response;
        requireLength("rewards", response.getRewards().size(), 8 * numEnvs);
        requireLength("terminated", response.getTerminated().size(), numEnvs);
        requireLength("truncated", response.getTruncated().size(), numEnvs);
        requireLength("reset_mask", response.getResetMask().size(), numEnvs);
        response.getRewards().copyTo(rewards.array(), 0);
        observations = null;
        plain = !arrays.isEmpty();
        for (int i = 0; i < arrays.size() && plain; i++) {
            plain = arrays.get(i).isPlain(response.getObservations());
        }
        if (!plain) {
            observations = Values.decode(response.getObservations());
        }
    }

    @Override
    public NdArray observations() {
        return Batches.requireArray(batch());
    }

    @Override
    public Object batch() {
        if (observations == null) {
            observations = Values.decode(response.getObservations());
        }
        return observations;
    }

    @Override
    public void copyObservations(int leaf, double[] destination, int offset, int length) {
        if (plain && length == arrays.get(leaf).size()) {
            arrays.get(leaf).copyTo(response.getObservations(), destination, offset);
        } else {
            VectorStep.copy(Leaves.arrays(space, batch()).get(leaf), destination, offset, length);
        }
    }

    @Override
    public double reward(int env) {
        return rewards.getDouble(8 * env);
    }

    @Override
    public boolean terminated(int env) {
        return isSet(response.getTerminated(), env);
    }

    @Override
    public boolean truncated(int env) {
        return isSet(response.getTruncated(), env);
    }

    @Override
    public boolean wasReset(int env) {
        return isSet(response.getResetMask(), env);
    }

    @Override
    public NdArray finalObservation(int env) {
        Object sample = finalSample(env);
        if (!(space instanceof ArraySpace)) {
            throw new IllegalArgumentException("the observations of " + space + " are not arrays; use finalSample");
        }
        // With exact outputs, the observation can be a number, or have another dtype than its space.
        return (NdArray) Batches.get(space, Batches.concatenate(space, Collections.singletonList(sample)), 0);
    }

    @Override
    public Object finalSample(int env) {
        return Values.decode(finalStep(env).getObservation());
    }

    @Override
    public Map<String, Object> finalInfo(int env) {
        return Values.decodeDict(finalStep(env).getInfo());
    }

    @Override
    public Map<String, Object> infos() {
        return Values.decodeDict(response.getInfos());
    }

    @Override
    public List<OmittedInfo> omittedInfos() {
        return Answers.omittedInfos(response.getOmittedInfosList());
    }

    @Override
    public EnvOutput output(int env) {
        return response.getEnvOutputsCount() == 0
                ? VectorStep.super.output(env)
                : Answers.output(response.getEnvOutputs(env));
    }

    private FinalStep finalStep(int env) {
        for (int i = 0; i < response.getFinalsCount(); i++) {
            if (response.getFinals(i).getEnvIndex() == env) {
                return response.getFinals(i);
            }
        }
        throw new IllegalStateException("environment " + env + " has no final observation in this step; a step "
                + "has a final observation only in SAME_STEP mode, and only for an environment whose episode ended in "
                + "this step");
    }

    private static boolean isSet(ByteString mask, int env) {
        return mask.byteAt(env) != 0;
    }

    private static void requireLength(String field, int length, int expected) {
        if (length != expected) {
            throw new IllegalArgumentException(
                    "the field '" + field + "' of a StepResponse has " + length + " bytes; it must have " + expected);
        }
    }
}
