// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/**
 * {@code gymwire bench} in the list of commands. The command itself is in a separate program, java-agent/bench, which
 * the launcher starts.
 */
@Command(name = BenchStub.NAME, description = BenchStub.DESCRIPTION)
public final class BenchStub implements Runnable {

    /** The command's name. */
    public static final String NAME = "bench";

    /** The description of the command in the help text. */
    public static final String DESCRIPTION = "Measures kernels, one update, messages to a server, the program's start,"
            + " and whole trainings on this machine; prints medians, and whether each performance goal is met.";

    @Spec
    private CommandSpec spec;

    /** The arguments of the command; only the other program parses them. */
    @Unmatched
    private List<String> arguments;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "bench is not in this jar; start it with ./gymwire bench");
    }
}
