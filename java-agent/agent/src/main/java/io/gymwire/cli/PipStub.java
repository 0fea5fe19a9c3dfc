// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code gymwire pip} in the list of commands. The launcher itself runs pip, because pip needs only Python. */
@Command(
        name = "pip",
        description = {
            "Runs pip in the Python environment of the server. Packages that pip adds are installed again after every"
                    + " rebuild of the environment.",
            "Gymwire's lock file fixes the versions of some packages. pip changes these versions only if --unlock"
                    + " comes before the arguments of pip."
        })
final class PipStub implements Runnable {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--unlock",
            description = "Allows pip to change locked versions; the manifests of runs then list the changed versions.")
    private boolean unlock;

    /** The arguments of pip. */
    @Unmatched
    private List<String> arguments;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "pip is not in this jar; start it with ./gymwire pip, from the folder of Gymwire");
    }
}
