// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.cli.Gymwire;

/** The main class of the bench program: Gymwire's command line, with the command bench. */
public final class Main {

    private Main() {}

    /** Runs a command and ends the process with its exit code, as {@link Gymwire#main} does. */
    public static void main(String[] args) {
        Gymwire.exit(run(args));
    }

    /** Runs a command and returns its exit code. */
    static int run(String... args) {
        return Gymwire.runWithBench(new BenchCommand(), args);
    }
}
