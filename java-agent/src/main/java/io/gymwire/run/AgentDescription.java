// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.run;

import io.gymwire.linalg.Kernels;
import java.util.Map;

/** What this program runs on, for files that say where their numbers come from. */
public final class AgentDescription {

    private AgentDescription() {}

    /** The Java VM, the operating system, the processors, and the kernels in use. */
    public static Map<String, Object> describe() {
        return Map.of(
                "java",
                System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
                "os",
                System.getProperty("os.name") + " " + System.getProperty("os.version") + " "
                        + System.getProperty("os.arch"),
                "processors",
                Runtime.getRuntime().availableProcessors(),
                "kernels",
                Kernels.best().describe());
    }
}
