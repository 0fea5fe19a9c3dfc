// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.env.space.BoxSpace;
import io.gymwire.env.space.DType;
import io.gymwire.env.space.DictSpace;
import io.gymwire.env.space.DiscreteSpace;
import io.gymwire.env.space.GraphSpace;
import io.gymwire.env.space.MultiBinarySpace;
import io.gymwire.env.space.MultiDiscreteSpace;
import io.gymwire.env.space.NdArray;
import io.gymwire.env.space.OneOfSpace;
import io.gymwire.env.space.SequenceSpace;
import io.gymwire.env.space.Space;
import io.gymwire.env.space.TextSpace;
import io.gymwire.env.space.TupleSpace;
import io.gymwire.proto.v1.Space.Builder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Decodes and encodes the spaces in messages. */
final class Spaces {
    private Spaces() {}

    /** @throws IllegalArgumentException if the space is malformed */
    static Space decode(io.gymwire.proto.v1.Space proto) {
        return switch (proto.getKindCase()) {
            case BOX -> decodeBox(proto.getBox());
            case DISCRETE -> decodeDiscrete(proto.getDiscrete());
            case MULTI_DISCRETE ->
                new MultiDiscreteSpace(
                        NdArrays.decode(proto.getMultiDiscrete().getNvec()),
                        NdArrays.decode(proto.getMultiDiscrete().getStart()));
            case MULTI_BINARY -> decodeMultiBinary(proto.getMultiBinary());
            case TEXT ->
                new TextSpace(
                        proto.getText().getMinLength(),
                        proto.getText().getMaxLength(),
                        proto.getText().getCharset());
            case DICT -> decodeDict(proto.getDict());
            case TUPLE -> new TupleSpace(decodeAll(proto.getTuple().getSpacesList()));
            case SEQUENCE ->
                new SequenceSpace(
                        decode(proto.getSequence().getFeatureSpace()),
                        proto.getSequence().getStack());
            case GRAPH ->
                new GraphSpace(
                        decode(proto.getGraph().getNodeSpace()),
                        proto.getGraph().hasEdgeSpace()
                                ? decode(proto.getGraph().getEdgeSpace())
                                : null);
            case ONE_OF -> new OneOfSpace(decodeAll(proto.getOneOf().getSpacesList()));
            case KIND_NOT_SET ->
                throw new IllegalArgumentException("a space in a message has no kind that this version knows");
        };
    }

    static io.gymwire.proto.v1.Space encode(Space space) {
        Builder builder = io.gymwire.proto.v1.Space.newBuilder();
        if (space instanceof BoxSpace box) {
            builder.getBoxBuilder()
                    .setLow(NdArrays.encode(box.lowest()))
                    .setHigh(NdArrays.encode(box.highest()))
                    .setBoundedBelow(NdArrays.encode(flags(box, true)))
                    .setBoundedAbove(NdArrays.encode(flags(box, false)));
        } else if (space instanceof DiscreteSpace discrete) {
            builder.getDiscreteBuilder()
                    .setN(discrete.n())
                    .setStart(discrete.start())
                    .setDtype(NdArrays.encode(discrete.dtype()));
        } else if (space instanceof MultiDiscreteSpace multi) {
            builder.getMultiDiscreteBuilder()
                    .setNvec(NdArrays.encode(multi.nvec()))
                    .setStart(NdArrays.encode(multi.start()));
        } else if (space instanceof MultiBinarySpace binary) {
            builder.getMultiBinaryBuilder().setScalarN(binary.madeFromNumber());
            for (int length : binary.shape()) {
                builder.getMultiBinaryBuilder().addShape(length);
            }
        } else if (space instanceof TextSpace text) {
            builder.getTextBuilder()
                    .setMinLength(text.minLength())
                    .setMaxLength(text.maxLength())
                    .setCharset(text.charset());
        } else if (space instanceof DictSpace dict) {
            builder.getDictBuilder();
            dict.spaces()
                    .forEach((key, inner) -> builder.getDictBuilder()
                            .addEntriesBuilder()
                            .setKey(Values.encode(key))
                            .setSpace(encode(inner)));
        } else if (space instanceof TupleSpace tuple) {
            builder.getTupleBuilder();
            tuple.spaces().forEach(inner -> builder.getTupleBuilder().addSpaces(encode(inner)));
        } else if (space instanceof SequenceSpace sequence) {
            builder.getSequenceBuilder()
                    .setFeatureSpace(encode(sequence.featureSpace()))
                    .setStack(sequence.stack());
        } else if (space instanceof GraphSpace graph) {
            builder.getGraphBuilder().setNodeSpace(encode(graph.nodeSpace()));
            if (graph.edgeSpace() != null) {
                builder.getGraphBuilder().setEdgeSpace(encode(graph.edgeSpace()));
            }
        } else if (space instanceof OneOfSpace oneOf) {
            oneOf.spaces().forEach(inner -> builder.getOneOfBuilder().addSpaces(encode(inner)));
        }
        return builder.build();
    }

    private static Space decodeBox(io.gymwire.proto.v1.BoxSpace proto) {
        NdArray low = NdArrays.decode(proto.getLow());
        NdArray high = NdArrays.decode(proto.getHigh());
        return new BoxSpace(low, high, flags(proto.getBoundedBelow(), low), flags(proto.getBoundedAbove(), low));
    }

    private static boolean[] flags(io.gymwire.proto.v1.NdArray proto, NdArray bounds) {
        NdArray array = NdArrays.decode(proto);
        if (array.dtype() != DType.BOOL || !array.hasShape(bounds.shape())) {
            throw new IllegalArgumentException("bounded_below and bounded_above of a Box must be bools with the shape"
                    + " of its bounds (" + bounds.describe() + "); got " + array.describe());
        }
        boolean[] flags = new boolean[array.size()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = array.getLong(i) != 0;
        }
        return flags;
    }

    private static NdArray flags(BoxSpace box, boolean below) {
        byte[] flags = new byte[box.size()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = (byte) ((below ? box.isBoundedBelow(i) : box.isBoundedAbove(i)) ? 1 : 0);
        }
        return NdArray.ofBytes(DType.BOOL, box.shape(), flags);
    }

    private static Space decodeDiscrete(io.gymwire.proto.v1.DiscreteSpace proto) {
        return new DiscreteSpace(proto.getN(), proto.getStart(), NdArrays.decode(proto.getDtype()));
    }

    private static Space decodeMultiBinary(io.gymwire.proto.v1.MultiBinarySpace proto) {
        int[] shape = NdArrays.shape(proto.getShapeList());
        if (!proto.getScalarN()) {
            return new MultiBinarySpace(shape);
        }
        if (shape.length != 1) {
            throw new IllegalArgumentException(
                    "a MultiBinary space made from a number has one axis, not " + Arrays.toString(shape));
        }
        return new MultiBinarySpace(shape[0]);
    }

    private static Space decodeDict(io.gymwire.proto.v1.DictSpace proto) {
        Map<Object, Space> spaces = new LinkedHashMap<>();
        for (io.gymwire.proto.v1.DictSpace.Entry entry : proto.getEntriesList()) {
            Object key = Values.decode(entry.getKey());
            if (spaces.put(key, decode(entry.getSpace())) != null) {
                throw new IllegalArgumentException("the key " + key + " of a Dict space occurs twice");
            }
        }
        return new DictSpace(spaces);
    }

    private static List<Space> decodeAll(List<io.gymwire.proto.v1.Space> protos) {
        List<Space> spaces = new ArrayList<>(protos.size());
        protos.forEach(proto -> spaces.add(decode(proto)));
        return spaces;
    }
}
