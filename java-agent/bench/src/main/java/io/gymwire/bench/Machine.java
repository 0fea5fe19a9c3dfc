// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The machine of the bench, as far as the operating system describes it. */
public final class Machine {

    private Machine() {}

    /** The processor's name (or else its architecture), and the size of the memory (or else "unknown memory"). */
    public static Map<String, Object> describe() throws IOException {
        Map<String, Object> machine = new LinkedHashMap<>();
        machine.put("cpu", value(Path.of("/proc/cpuinfo"), "model name", System.getProperty("os.arch")));
        String kibibytes = value(Path.of("/proc/meminfo"), "MemTotal", "").replaceAll("\\D", "");
        machine.put(
                "memory",
                kibibytes.isEmpty() ? "unknown memory" : Math.round(Long.parseLong(kibibytes) / 1048576.0) + " GiB");
        return machine;
    }

    /**
     * The load average: about the mean number of threads that ran or waited for a processor in the last minute. It is
     * negative if it is not known.
     */
    public static double load() {
        return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    }

    private static String value(Path file, String name, String otherwise) throws IOException {
        if (!Files.isReadable(file)) {
            return otherwise;
        }
        return Files.readAllLines(file).stream()
                .filter(line -> line.startsWith(name))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(otherwise);
    }
}
