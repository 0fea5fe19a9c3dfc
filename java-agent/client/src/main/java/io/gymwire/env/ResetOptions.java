// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env;

import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The options of a reset, which starts new episodes.
 *
 * @param seeds the seeds of the environments' random generators
 * @param which one flag per environment, true to reset it; an empty list resets all environments. The flags require the
 *     mode {@link AutoresetMode#DISABLED}.
 * @param options the argument {@code options} of Gymnasium's reset, with values as in {@link MakeOptions#withKwargs}
 */
public record ResetOptions(Seeds seeds, List<Boolean> which, Map<String, Object> options) {

    public ResetOptions {
        which = List.copyOf(which);
        options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
    }

    /** Resets all environments. Their random generators continue; for the first reset, see {@link Seeds#none}. */
    public static ResetOptions none() {
        return new ResetOptions(Seeds.none(), List.of(), Map.of());
    }

    /** Resets all environments and seeds environment i with {@code base + i}. */
    public static ResetOptions seeded(long base) {
        return none().withSeeds(Seeds.from(base));
    }

    /** These options with other seeds. */
    public ResetOptions withSeeds(Seeds others) {
        return new ResetOptions(others, which, options);
    }

    /** These options with another choice of environments. */
    public ResetOptions withWhich(boolean... flags) {
        Boolean[] boxed = new Boolean[flags.length];
        Arrays.setAll(boxed, env -> flags[env]);
        return new ResetOptions(seeds, List.of(boxed), options);
    }

    /** These options with another argument {@code options} of Gymnasium's reset. */
    public ResetOptions withOptions(Map<String, Object> arguments) {
        return new ResetOptions(seeds, which, arguments);
    }
}
