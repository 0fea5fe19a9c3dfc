// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import io.gymwire.cli.BenchStub;
import io.gymwire.files.AtomicFiles;
import io.gymwire.files.Directories;
import io.gymwire.record.AgentDescription;
import io.gymwire.record.ProgramVersion;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code gymwire bench}: measures the speed of each part on this machine. */
@Command(name = BenchStub.NAME, sortOptions = false, description = BenchStub.DESCRIPTION)
final class BenchCommand implements Callable<Integer> {

    private static final Set<Section> COMPARED = EnumSet.of(Section.UPDATE, Section.TRAIN);

    /** A load average above this value means that other programs use the machine. */
    private static final double BUSY = 1;

    @Spec
    private CommandSpec spec;

    @Parameters(
            arity = "0..*",
            paramLabel = "SECTION",
            description = "What to measure: kernels, update, wire, clients, start, train (default: all).")
    private List<String> names = List.of();

    @Option(
            names = "--envs",
            paramLabel = "ID,...",
            split = ",",
            defaultValue = "CartPole-v1,HalfCheetah-v5,Humanoid-v5",
            description = "The environments (${DEFAULT-VALUE}).")
    private List<String> envIds;

    @Option(
            names = "--repeats",
            paramLabel = "N",
            defaultValue = "5",
            description =
                    "How many times each thing is measured (${DEFAULT-VALUE}); each update is measured five times as"
                            + " often. The result is the median.")
    private int repeats;

    @Option(
            names = "--peers",
            description = "In the sections 'update' and 'train', also measure sb3-contrib's TRPO and compare with it."
                    + " The first call makes a Python environment with PyTorch, which takes some GB.")
    private boolean peers;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also write all figures, with the machine and the versions, to this file.")
    private Path json;

    @Option(
            names = "--quick",
            description =
                    "A smoke test that measures everything only once, for a short time; its figures mean nothing.")
    private boolean quick;

    @Override
    public Integer call() throws IOException {
        Set<Section> sections = sections();
        if (peers && sections.stream().noneMatch(COMPARED::contains)) {
            throw new CommandLine.ParameterException(
                    spec.commandLine(),
                    "--peers works only with the sections 'update' and 'train'; add one of these sections, or leave"
                            + " --peers out");
        }
        if (json != null && Files.isDirectory(json)) {
            throw new IllegalArgumentException("--json " + json + " is a folder; give the path of a file");
        }
        if (json != null && !Files.isDirectory(json.toAbsolutePath().getParent())) {
            throw new IllegalArgumentException("the folder of --json " + json + " does not exist; make it first");
        }
        BenchSettings settings = new BenchSettings(envIds, quick ? 1 : repeats, quick);
        BenchReport report = new BenchReport(System.out, System.err);
        describe(report);
        try (Peer peer = peers ? Peer.start() : null) {
            if (peer != null) {
                Map<String, String> versions = peer.versions();
                report.head("peers", versions);
                report.line("peers    " + versions);
            }
            for (Section section : sections) {
                switch (section) {
                    case KERNELS -> new KernelBench(settings).run(report);
                    case UPDATE -> new UpdateBench(settings, peer).run(report);
                    case WIRE -> new WireBench(settings).run(report);
                    case CLIENTS -> new ClientBench(settings).run(report);
                    case START -> new StartBench(settings).run(report);
                    case TRAIN -> new TrainBench(settings, peer).run(report);
                }
            }
        }
        report.printTargets();
        if (json != null) {
            Directories.make(json.toAbsolutePath().getParent());
            AtomicFiles.write(json, report.json().getBytes(StandardCharsets.UTF_8));
        }
        return 0;
    }

    private Set<Section> sections() {
        Set<Section> sections = EnumSet.noneOf(Section.class);
        for (String name : names) {
            try {
                sections.add(Section.valueOf(name.toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new CommandLine.ParameterException(
                        spec.commandLine(),
                        "bench has no section '" + name + "'; give kernels, update, wire, clients, start or train",
                        e);
            }
        }
        return sections.isEmpty() ? EnumSet.allOf(Section.class) : sections;
    }

    private void describe(BenchReport report) throws IOException {
        double load = Machine.load();
        report.head("load_average", load);
        if (load > BUSY) {
            System.err.printf(
                    Locale.ROOT,
                    "the machine is busy (load %.1f): figures will be less exact, especially where several"
                            + " processes work together%n",
                    load);
        }
        Map<String, Object> machine = Machine.describe();
        Map<String, Object> agent = AgentDescription.describe();
        report.head("gymwire", ProgramVersion.current());
        report.head("command_line", spec.root().commandLine().getParseResult().originalArgs());
        report.head("quick", quick);
        report.head("repeats", quick ? 1 : repeats);
        report.head("machine", machine);
        report.head("agent", agent);
        report.line("machine  " + machine.get("cpu") + ", " + agent.get("processors") + " processors, "
                + machine.get("memory") + ", " + agent.get("os"));
        report.line("gymwire  " + ProgramVersion.current() + ", " + agent.get("java") + ", kernels: "
                + agent.get("kernels"));
    }
}
