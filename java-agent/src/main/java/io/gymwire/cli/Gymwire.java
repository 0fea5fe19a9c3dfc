// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.EnvironmentException;
import io.gymwire.run.ProgramVersion;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The program's entrance. */
@Command(
        name = "gymwire",
        description = "Gymnasium on the wire, and TRPO in Java.",
        subcommands = {TrainCommand.class, EvalCommand.class, ServeCommand.class, InfoCommand.class,
            VerifyCommand.class, BenchCommand.class, SweepCommand.class, ReportCommand.class},
        mixinStandardHelpOptions = true,
        versionProvider = Gymwire.Version.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND")
public final class Gymwire implements Runnable {

    private static final int FAILURE = 1;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    /** Runs a command and ends the process with its exit code: 0 success, 1 failure, 2 wrong usage. */
    public static void main(String[] args) {
        try {
            System.exit(run(args));
        } catch (NoClassDefFoundError e) {
            System.err.println("gymwire: a part of the program cannot be loaded (" + e.getMessage()
                    + "): either too few files may be open (raise ulimit -n), or the build is incomplete (remove the"
                    + " folder java-agent/target; the next call builds it)");
            System.exit(FAILURE);
        }
    }

    /** Runs a command and returns its exit code. */
    static int run(String... args) {
        for (String arg : args) {
            // An argument file that cannot be read would otherwise be taken for an argument.
            if (arg.startsWith("@") && !isReadable(Path.of(arg.substring(1)))) {
                System.err.println("gymwire: the argument file " + arg.substring(1)
                        + " cannot be read; check its path");
                return CommandLine.ExitCode.USAGE;
            }
        }
        Gymwire root = new Gymwire();
        CommandLine command = new CommandLine(root)
                .setOverwrittenOptionsAllowed(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(root::report)
                .setParameterExceptionHandler(root::reportUsage);
        try {
            return command.execute(args);
        } catch (OutOfMemoryError e) {
            String reason = String.valueOf(e.getMessage());
            System.err.println("gymwire: out of memory (" + reason + "); " + (reason.contains("native thread")
                    ? "more processes or memory must be allowed: see ulimit -u and -v"
                    : "choose a smaller --batch, --reuse, --hidden or --envs, or give Java more:"
                            + " GYMWIRE_JAVA_OPTS=-Xmx8g"));
            return FAILURE;
        }
    }

    private static boolean isReadable(Path path) {
        return Files.isReadable(path) && !Files.isDirectory(path);
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    private int report(Exception error, CommandLine command, ParseResult parsed) {
        String traceback = error instanceof EnvironmentException remote ? remote.traceback() : "";
        String hint = traceback.isEmpty() || debug ? "" : "; --debug shows where in the environment's code";
        System.err.println("gymwire: " + sentence(error) + hint);
        if (debug) {
            error.printStackTrace();
            System.err.print(traceback);
        }
        return FAILURE;
    }

    private int reportUsage(CommandLine.ParameterException error, String[] args) {
        System.err.println("gymwire: " + error.getMessage() + "; see gymwire " + command(error) + "--help");
        return CommandLine.ExitCode.USAGE;
    }

    private static String command(CommandLine.ParameterException error) {
        CommandLine command = error.getCommandLine();
        return command.getParent() == null ? "" : command.getCommandName() + " ";
    }

    /** What went wrong, in one line where possible. */
    private static String sentence(Exception error) {
        if (error instanceof FileSystemException file && file.getFile() != null) {
            return "the file " + file.getFile() + " cannot be used (" + error
                    + "); check that it is there and its permissions";
        }
        if (error.getMessage() == null || error instanceof NullPointerException
                || error instanceof IndexOutOfBoundsException || error instanceof NegativeArraySizeException
                || error instanceof ArithmeticException) {
            return "an internal error (" + error + "); run the command again with --debug and report what it prints";
        }
        return error.getMessage();
    }

    /** The version for --version. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"gymwire " + ProgramVersion.current()};
        }
    }
}
