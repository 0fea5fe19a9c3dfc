// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A wrapper that the server puts around each environment.
 *
 * @param name the name of a class in gymnasium.wrappers, for example {@code FlattenObservation}. The name
 *     {@code ActionMaskObservation} means a wrapper of Gymwire. {@code module:Class} means a class in another module
 * @param kwargs the keyword arguments of the class's constructor; {@link MakeOptions#withKwargs} lists their types
 */
public record WrapperSpec(String name, Map<String, Object> kwargs) {

    public WrapperSpec {
        if (name.isBlank()) {
            throw new IllegalArgumentException("the wrapper's name is empty; give a class of gymnasium.wrappers");
        }
        kwargs = Collections.unmodifiableMap(new LinkedHashMap<>(kwargs));
    }

    /** A wrapper without arguments. */
    public static WrapperSpec of(String name) {
        return new WrapperSpec(name, Map.of());
    }
}
