// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

/** The version of this program, from the manifest of its jar. */
public final class ProgramVersion {

    private ProgramVersion() {}

    /** The version, e.g. 0.1.0; "development" if the program was not started from a jar. */
    public static String current() {
        String version = ProgramVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }
}
