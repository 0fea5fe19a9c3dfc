// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.cli;

import io.gymwire.env.EnvironmentException;
import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import io.gymwire.record.Failure;
import io.gymwire.record.ProgramVersion;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;

/** The program's entry point. */
@Command(
        name = "gymwire",
        description = "Trains on Gymnasium environments over gRPC, with TRPO, NPG or PPO in Java.",
        subcommands = {
            TrainCommand.class,
            EvalCommand.class,
            ServeCommand.class,
            InfoCommand.class,
            VerifyCommand.class,
            ExplainCommand.class,
            PipStub.class,
            BenchStub.class,
            SweepCommand.class,
            ReportCommand.class
        },
        mixinStandardHelpOptions = true,
        versionProvider = Gymwire.Version.class,
        scope = ScopeType.INHERIT,
        synopsisSubcommandLabel = "COMMAND")
public final class Gymwire implements Runnable {

    private static final int FAILURE = 1;

    @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean debug;

    /**
     * Runs a command and ends the process with its exit code: 0 success, 1 failure, 2 wrong usage. The exit code of
     * {@code serve} is the exit code of the server.
     */
    public static void main(String[] args) {
        try {
            exit(run(args));
        } catch (NoClassDefFoundError e) {
            System.err.println("gymwire: a part of the program cannot be loaded (" + e.getMessage()
                    + "): either the limit of open files is too low (raise ulimit -n), or the build is incomplete"
                    + " (remove the folder java-agent/agent/target; the next call builds it)");
            System.exit(FAILURE);
        }
    }

    /**
     * Ends the process with an exit code. If a signal is ending the process already, System.exit is not called, because
     * on Java 17 it could replace the exit code of the signal (for example 130 after Ctrl-C).
     */
    public static void exit(int code) {
        while (isEnding()) {
            // The process ends during this wait.
            LockSupport.park();
        }
        System.exit(code);
    }

    /** Whether another thread is ending the process. Then Java refuses new shutdown hooks. */
    private static boolean isEnding() {
        Thread hook = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(hook);
            Runtime.getRuntime().removeShutdownHook(hook);
            return false;
        } catch (IllegalStateException e) {
            return true;
        }
    }

    /** Runs a command and returns its exit code. */
    static int run(String... args) {
        Gymwire root = new Gymwire();
        return root.execute(new CommandLine(root), args);
    }

    /** Runs a command like {@link #run}, but runs {@code bench} instead of {@link BenchStub}. */
    public static int runWithBench(Callable<Integer> bench, String... args) {
        Gymwire root = new Gymwire();
        CommandLine command = new CommandLine(root);
        command.getCommandSpec().removeSubcommand(BenchStub.NAME);
        return root.execute(command.addSubcommand(bench), args);
    }

    /** The path of the launcher, for the commands in Slurm jobs. */
    static String launcher() {
        return Path.of(System.getProperty("gymwire.home", ""), "gymwire")
                .toAbsolutePath()
                .normalize()
                .toString();
    }

    private int execute(CommandLine command, String... args) {
        List<String> argumentFiles = Arrays.stream(args)
                // Picocli reads @@x as the argument @x.
                .filter(arg -> arg.startsWith("@") && !arg.startsWith("@@"))
                .map(arg -> arg.substring(1))
                .toList();
        for (String file : argumentFiles) {
            try {
                // Without this check, picocli would use the name of an unreadable file as an argument.
                new InputFile(Path.of(file), "check its path and that it contains arguments").text();
            } catch (FileException e) {
                System.err.println("gymwire: the argument file " + e.getMessage());
                return CommandLine.ExitCode.USAGE;
            }
        }
        command.setOverwrittenOptionsAllowed(true)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExecutionExceptionHandler(this::report)
                .setParameterExceptionHandler((error, given) -> reportUsage(error, argumentFiles));
        try {
            return command.execute(args);
        } catch (OutOfMemoryError e) {
            System.err.println("gymwire: " + Failure.sentence(e));
            return FAILURE;
        }
    }

    @Override
    public void run() {
        CommandLine.usage(this, System.out);
    }

    private int report(Exception error, CommandLine command, ParseResult parsed) {
        String traceback = error instanceof EnvironmentException remote ? remote.traceback() : "";
        String hint = traceback.isEmpty() || debug ? "" : "; --debug shows the place in the environment's code";
        System.err.println("gymwire: " + Failure.sentence(error) + hint);
        if (debug) {
            error.printStackTrace();
            System.err.print(traceback);
        }
        return FAILURE;
    }

    private static int reportUsage(CommandLine.ParameterException error, List<String> argumentFiles) {
        String files = argumentFiles.isEmpty() ? "" : " and the arguments in " + String.join(", ", argumentFiles);
        System.err.println("gymwire: " + error.getMessage() + similar(error) + "; see gymwire " + command(error)
                + "--help" + files);
        return CommandLine.ExitCode.USAGE;
    }

    /**
     * A question that suggests another word; empty if there is no suggestion. For an unknown option, the word is an
     * option with the same first two letters. For an unknown command, it is the most similar command.
     */
    private static String similar(CommandLine.ParameterException error) {
        List<String> suggestions = error instanceof CommandLine.UnmatchedArgumentException unmatched
                ? unmatched.getSuggestions()
                : List.of();
        return suggestions.isEmpty() ? "" : " (did you mean " + suggestions.get(0) + "?)";
    }

    private static String command(CommandLine.ParameterException error) {
        CommandLine command = error.getCommandLine();
        return command.getParent() == null ? "" : command.getCommandName() + " ";
    }

    /** The version for --version. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            return new String[] {"gymwire " + ProgramVersion.current()};
        }
    }
}
