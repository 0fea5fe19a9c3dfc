// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import io.gymwire.proto.v1.Space.KindCase;
import java.util.Locale;

/** Reads spaces from the wire. */
final class Spaces {
    private Spaces() {
    }

    /** @throws IllegalArgumentException if the space is malformed */
    static Space decode(io.gymwire.proto.v1.Space proto) {
        return switch (proto.getKindCase()) {
            case BOX -> decodeBox(proto.getBox());
            case DISCRETE -> new DiscreteSpace(proto.getDiscrete().getN(), proto.getDiscrete().getStart(),
                    DType.fromProto(proto.getDiscrete().getDtype()));
            case KIND_NOT_SET -> throw new IllegalArgumentException("a space on the wire has no kind");
            default -> new UnsupportedSpace(gymnasiumName(proto.getKindCase()));
        };
    }

    private static Space decodeBox(io.gymwire.proto.v1.BoxSpace proto) {
        NdArray low = NdArray.fromProto(proto.getLow());
        return new BoxSpace(low.dtype(), low.shape(), low.toDoubles(), NdArray.fromProto(proto.getHigh()).toDoubles(),
                flags(NdArray.fromProto(proto.getBoundedBelow())), flags(NdArray.fromProto(proto.getBoundedAbove())));
    }

    private static boolean[] flags(NdArray array) {
        boolean[] flags = new boolean[array.size()];
        for (int i = 0; i < flags.length; i++) {
            flags[i] = array.getLong(i) != 0;
        }
        return flags;
    }

    /** Turns MULTI_BINARY into MultiBinary. */
    private static String gymnasiumName(KindCase kind) {
        StringBuilder name = new StringBuilder();
        for (String word : kind.name().split("_")) {
            name.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return name.toString();
    }
}
