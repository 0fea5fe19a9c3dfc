// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.report;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.metrics.Metric;
import io.gymwire.update.UpdateMetrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.knowm.xchart.XYSeries;

/** Tests reports of runs. No run is trained: the tests themselves write the files of the runs. */
class ReportTest {

    private static final String HEADER = "time/total_timesteps,time/time_elapsed,rollout/ep_rew_mean,"
            + "train/kl_divergence_loss,train/is_line_search_success,train/explained_variance,train/cg_residual\n";

    @TempDir
    private Path directory;

    private final List<String> remarks = new ArrayList<>();

    /**
     * Writes the files of a run with three iterations of 1000 steps. Their mean returns are 10, 20 and {@code last}.
     * The first 100 episodes of the run take 2000 steps.
     */
    private Path run(String name, String envId, int seed, String delta, double last) throws IOException {
        Path run = Files.createDirectories(directory.resolve(name));
        Files.writeString(
                run.resolve("manifest.json"),
                "{\"env_id\":\"" + envId + "\",\"seed\":" + seed
                        + ",\"status\":\"finished\",\"reward_threshold\":25,\"agent\":{\"java\":\"A <B> & C\"}}");
        Files.writeString(
                run.resolve("config.json"),
                "{\"env_id\":{\"value\":\"" + envId + "\"},"
                        + "\"delta\":{\"value\":\"" + delta + "\",\"source\":\"default\"},"
                        + "\"seed\":{\"value\":\"" + seed + "\"}}");
        Files.writeString(
                run.resolve("progress.csv"),
                HEADER + "1000,1,10,0.01,1,0.1,0.5\n" + "2000,2,20,0.015,1,0.2,0.05\n3000,0.5," + last
                        + ",0.02,0,0.3,0.005\n");
        Files.writeString(
                run.resolve("monitor.csv"),
                "#{\"t_start\":0}\nr,l,t\n" + "1.0,20,1\n".repeat(100) + (last + ",20,2\n").repeat(100));
        return run;
    }

    private List<Run> read(OptionalDouble threshold, Path... paths) throws IOException {
        return new RunReader(threshold, remarks::add).read(List.of(paths));
    }

    @Test
    void aRunIsReadFromItsFiles() throws IOException {
        Path path = run("a", "E-v1", 3, "0.02", 30);
        Files.createDirectories(path.resolve("eval"));
        Files.writeString(
                path.resolve("eval/evaluations.csv"),
                "step,seed,episode,return,length,policy\n3000,1,0,40,9,deterministic\n3000,2,1,50,9,deterministic\n");
        Files.writeString(
                path.resolve("eval/curve.csv"),
                "step,seed,episode,return,length,policy\n"
                        + "1000,1,0,3,9,stochastic\n3000,1,0,33,9,stochastic\n3000,1,0,99,9,deterministic\n");
        Run run = read(OptionalDouble.empty(), path).get(0);
        assertEquals("E-v1", run.identity().envId());
        assertEquals(3, run.identity().seed());
        assertEquals(3000, run.state().steps());
        assertEquals(30, run.scores().last100());
        assertEquals(30, run.scores().best().value());
        assertEquals(3000, run.scores().best().step());
        assertEquals(45, run.scores().deterministic());
        assertEquals(33, run.scores().stochastic());
        assertEquals(3000, run.scores().threshold().steps());
        assertEquals(2.5, run.seconds(), "the clock of the resumed part began again at 0");
        assertArrayEquals(
                new double[] {0.01, 0.015, 0.02},
                run.curve("train/kl_divergence_loss").values());
        assertEquals(List.of(), remarks);
    }

    @Test
    void updatesAreComparedWithTheBoundOfTheirIteration() throws IOException {
        Path path = run("a", "E-v1", 1, "0.02", 30);
        Files.writeString(
                path.resolve("progress.csv"),
                "time/total_timesteps,time/time_elapsed,time/update_s,rollout/ep_rew_mean,train/delta,"
                        + "train/kl_divergence_loss\n"
                        + "1000,1,0.5,10,0.02,0.021\n2000,2,0.25,20,0.015,0.015\n3000,3,0.25,30,0.01,0.0099\n"
                        + "4000,4,0.125,40,0.01,0.0101\n");
        Updates updates = Updates.of(read(OptionalDouble.empty(), path).get(0));
        assertEquals(4, updates.count());
        assertEquals(0.25, updates.seconds());
        assertEquals(0.5, updates.shareBeyond());
        assertEquals(0.021, updates.largest());
        assertEquals(0, updates.drops());
        String row = "| E-v1 |  | 4 | 0.25 | 0.01 to 0.02 | 50 % | 0.021 | 0 |";
        assertTrue(
                Report.of(List.of(path), List.of(), OptionalDouble.empty(), remarks::add)
                        .markdown()
                        .contains(row),
                row);
    }

    @Test
    void theTargetKlIsTheBoundIfProgressCsvHasNoDelta() throws IOException {
        Path path = run("a", "E-v1", 1, "0.02", 30);
        Updates unknown = Updates.of(read(OptionalDouble.empty(), path).get(0));
        assertTrue(Double.isNaN(unknown.shareBeyond()));
        Files.writeString(path.resolve("config.json"), "{\"target-kl\":{\"value\":\"0.012\"}}");
        Updates updates = Updates.of(read(OptionalDouble.empty(), path).get(0));
        assertEquals(2 / 3.0, updates.shareBeyond(), "0.015 and 0.02 are above 0.012, and 0.01 is not");
    }

    /** With a target-kl of 1000, PPO never stops early. A line at 1000 would stretch the axis and flatten the curve. */
    @Test
    void thePanelOfADivergenceShowsTheLimitUnlessTheLimitIsFarAboveTheCurve() throws IOException {
        Path path = run("a", "E-v1", 1, "0.02", 30);
        Files.writeString(path.resolve("config.json"), "{\"target-kl\":{\"value\":\"0.012\"}}");
        assertArrayEquals(
                new double[] {0.012, 0.012, 0.012},
                divergences(path).get("target-kl").getYData());
        Files.writeString(path.resolve("config.json"), "{\"target-kl\":{\"value\":\"1000\"}}");
        assertEquals(Set.of("one seed"), divergences(path).keySet());
    }

    private Map<String, XYSeries> divergences(Path path) throws IOException {
        Metric divergence = UpdateMetrics.KL_DIVERGENCE;
        List<Group> groups = Groups.of(read(OptionalDouble.empty(), path), List.of(), remarks::add);
        return Figures.plot(groups, divergence, divergence.panel().orElseThrow()).chart().getSeriesCollection().stream()
                .collect(Collectors.toMap(XYSeries::getName, series -> series));
    }

    @Test
    void aDropIsCountedOnceUntilTheCurveIsBackAtItsHighestValue() {
        assertEquals(0, Updates.drops(new double[] {}));
        assertEquals(0, Updates.drops(new double[] {-500, -100, -140, -100}), "40 is only a tenth of the gain of 400");
        assertEquals(1, Updates.drops(new double[] {-500, -100, -141, -130, -300, -120}));
        assertEquals(2, Updates.drops(new double[] {0, 100, 89, 95, 100, 80}));
        assertEquals(1, Updates.drops(new double[] {0, -1, -5}), "a curve that only falls has one drop");
    }

    @Test
    void aMeanOfFewEpisodesDoesNotReachTheThreshold() throws IOException {
        Path path = run("a", "E-v1", 1, "0.02", 15);
        Run run = read(OptionalDouble.of(9), path).get(0);
        assertEquals(20, run.scores().best().value());
        assertEquals(2000, run.scores().threshold().steps(), "the first row has fewer than 100 episodes");
    }

    /** Only the last row is left out without a remark: it has no line end, so it is incomplete. */
    @Test
    void unreadableRowsAreLeftOutWithARemark() throws IOException {
        Path path = run("a", "E-v1", 1, "0.02", 30);
        Files.writeString(
                path.resolve("progress.csv"),
                Files.readString(path.resolve("progress.csv")) + "4000,x,1,1,1,1,1\n5000,1\n6000,1,99");
        Run run = read(OptionalDouble.empty(), path).get(0);
        assertEquals(3000, run.state().steps());
        assertEquals(List.of(path.resolve("progress.csv") + ": rows left out because they are unreadable: 2"), remarks);
    }

    @Test
    void aRunWithoutARowInItsProgressCsvIsLeftOutWithARemark() throws IOException {
        run("a", "E-v1", 1, "0.02", 30);
        Path empty = run("b", "E-v1", 2, "0.02", 30);
        Files.writeString(empty.resolve("progress.csv"), HEADER);
        assertEquals(1, read(OptionalDouble.empty(), directory).size());
        assertTrue(remarks.get(0).startsWith(empty + " is left out"), remarks.toString());
        assertTrue(assertThrows(IOException.class, () -> read(OptionalDouble.empty(), empty))
                .getMessage()
                .contains("no episode has ended"));
    }

    @Test
    void aPathWithoutAReadableRunIsNamedWithTheReason() throws IOException {
        Path path = run("a", "E-v1", 1, "0.02", 30);
        Path bare = Files.createDirectory(directory.resolve("bare"));
        assertComplaint(bare + " contains no run", bare);
        assertComplaint(directory.resolve("absent") + " does not exist", directory.resolve("absent"));
        Path progress = path.resolve("progress.csv");
        String rows = Files.readString(progress);
        Files.writeString(progress, rows.replace("total_timesteps", "total_timestepq"));
        assertComplaint(progress + " cannot be used: its header names no column time/total_timesteps", path);
        Files.write(progress, new byte[] {'a', (byte) 0xfe, '\n'});
        assertComplaint(progress + " cannot be used: it is not UTF-8 text", path);
        Files.writeString(progress, rows);
        Files.writeString(path.resolve("manifest.json"), "{");
        assertComplaint(path.resolve("manifest.json") + " cannot be used: it is not JSON", path);
        Files.delete(path.resolve("config.json"));
        Files.writeString(path.resolve("manifest.json"), "{}");
        assertComplaint(path.resolve("config.json") + " cannot be used: there is no such file", path);
        Files.writeString(path.resolve("config.json"), "{\"seed\": {}}");
        assertComplaint(path.resolve("config.json") + " cannot be used: its setting seed has no value", path);
    }

    @Test
    void aDamagedRunIsListedAndTheOthersAreReported() throws IOException {
        Path damaged = run("a", "E-v1", 1, "0.02", 30);
        run("b", "E-v1", 2, "0.02", 30);
        Path gone = run("c", "E-v1", 3, "0.02", 30);
        Files.writeString(damaged.resolve("manifest.json"), "{");
        Files.delete(gone.resolve("progress.csv"));
        List<String> remarks = new ArrayList<>();
        Report report = Report.of(List.of(directory), List.of(), OptionalDouble.empty(), remarks::add);
        assertEquals(2, remarks.size(), remarks.toString());
        assertTrue(remarks.get(0).startsWith(damaged + " is left out: "), remarks.get(0));
        assertTrue(
                remarks.get(1).contains("progress.csv cannot be used: it is missing, but the run has"), remarks.get(1));
        assertTrue(report.markdown().contains("damaged"), report.markdown());
    }

    /** Without the failed runs, results would look better than they are. */
    @Test
    void failedAndUnfinishedRunsAreListedWithTheirReason() throws IOException {
        System.setProperty("java.awt.headless", "true");
        run("a", "E-v1", 1, "0.02", 30);
        ends(run("b", "E-v1", 2, "0.02", 40), "failed", "the disk, which is <small>, is full");
        Path early = Files.createDirectories(directory.resolve("c"));
        Files.writeString(
                early.resolve("manifest.json"),
                "{\"env_id\":\"E-v1\",\"seed\":3,\"status\":\"failed\"," + "\"error\":\"no environment | E-v1\"}");
        ends(run("d", "E-v1", 4, "0.02", 50), "interrupted", null);
        Path killed = ends(run("e", "E-v1", 5, "0.02", 60), "running", null);
        Files.writeString(killed.resolve(".lock"), "process 1 on host since then\n");
        ends(run("f", "E-v1", 6, "0.02", 70), "running", null);
        Path notBegun = Files.createDirectories(directory.resolve("g"));
        Files.writeString(notBegun.resolve("train.log"), "");

        Report report = Report.of(List.of(directory), List.of(), OptionalDouble.empty(), remarks::add);
        Path out = directory.resolve("out");
        report.write(out, EnumSet.allOf(Report.Format.class));
        String table = "| directory | environment | seed | status | steps | reason |\n|---|---|---|---|---|---|\n"
                + "| " + directory + "/b | E-v1 | 2 | failed | 3000 | the disk, which is <small>, is full |\n"
                + "| " + early + " | E-v1 | 3 | failed | 0 | no environment \\| E-v1 |\n"
                + "| " + directory + "/d | E-v1 | 4 | interrupted | 3000 |  |\n"
                + "| " + killed + " | E-v1 | 5 | killed | 3000 | its process was killed, or the machine stopped;"
                + " train --resume " + killed + " continues it |\n"
                + "| " + directory + "/f | E-v1 | 6 | running | 3000 |  |\n"
                + "| " + notBegun + " |  |  | not begun | 0 | it has only a train.log, which may say why |\n";
        String markdown = Files.readString(out.resolve("report.md"));
        assertTrue(markdown.contains("## Runs that have not finished or are damaged\n\n" + table), markdown);
        assertEquals(report.markdown(), markdown);
        String page = Files.readString(out.resolve("report.html"));
        assertTrue(page.contains("<h2>Runs that have not finished or are damaged</h2>"), page);
        assertTrue(page.contains("the disk, which is &lt;small&gt;, is full"), page);
        List<String> rows = Files.readAllLines(out.resolve("runs.csv"));
        assertTrue(rows.get(0).endsWith(",steps_per_second,reason"), rows.get(0));
        assertEquals(8, rows.size());
        assertTrue(
                rows.stream()
                        .anyMatch(row -> row.contains("/b,E-v1,")
                                && row.contains(",failed,3000,40.0,")
                                && row.endsWith(",\"the disk, which is <small>, is full\"")),
                rows.toString());
        assertTrue(rows.contains(early + ",E-v1,,3,failed,0,,,,,,,,,,no environment | E-v1"), rows.toString());
        assertTrue(
                remarks.contains(early + " failed before it recorded a return: no environment | E-v1"),
                remarks.toString());
    }

    @Test
    void aSweepWhoseRunsAllFailedHasAReportToo() throws IOException {
        Path early = Files.createDirectories(directory.resolve("c"));
        Files.writeString(early.resolve("manifest.json"), "{\"status\":\"failed\",\"error\":\"nothing went well\"}");
        Report report = Report.of(List.of(directory), List.of(), OptionalDouble.empty(), remarks::add);
        List<Path> files = report.write(directory.resolve("out"), EnumSet.allOf(Report.Format.class));
        for (Path file : files) {
            assertEquals(
                    !file.endsWith("results.csv"),
                    Files.readString(file).contains("nothing went well"),
                    file.toString());
        }
    }

    /** Changes the status of a run, and adds an error unless it is null. */
    private static Path ends(Path run, String status, String error) throws IOException {
        Path manifest = run.resolve("manifest.json");
        Files.writeString(
                manifest,
                Files.readString(manifest)
                        .replace(
                                "\"status\":\"finished\"",
                                "\"status\":\"" + status + "\""
                                        + (error == null ? "" : ",\"error\":\"" + error + "\"")));
        return run;
    }

    private void assertComplaint(String text, Path path) {
        String message = assertThrows(IOException.class, () -> read(OptionalDouble.empty(), path))
                .getMessage();
        assertTrue(message.contains(text), message);
    }

    @Test
    void runsOfDifferentSettingsAreNotAveraged() throws IOException {
        run("a", "E-v1", 1, "0.02", 30);
        run("b", "E-v1", 2, "0.02", 40);
        run("c", "E-v1", 1, "0.01", 50);
        run("d", "F-v1", 1, "0.02", 60);
        List<Run> runs = read(OptionalDouble.empty(), directory, directory.resolve("a"));
        assertEquals(4, runs.size(), "run a is named twice, but read only once");
        List<Group> groups = Groups.of(runs, List.of(), remarks::add);
        assertEquals(
                List.of("E-v1 delta=0.01 1", "E-v1 delta=0.02 1, 2", "F-v1  1"),
                groups.stream()
                        .map(group -> group.envId() + " " + group.label() + " " + group.seeds())
                        .toList());
        assertEquals(List.of(), remarks);
        assertEquals(2, Groups.of(runs, List.of("none"), remarks::add).size());
        assertTrue(remarks.get(0).contains("are in the same group and have the same seed"), remarks.toString());
        String message = assertThrows(IOException.class, () -> Groups.of(runs, List.of("colour"), remarks::add))
                .getMessage();
        assertTrue(
                message.startsWith("no run has a setting colour to group by; the settings are accept-ratio, "),
                message);
    }

    @Test
    void theSummaryOfAllEnvironmentsScalesTheReturnsOfEachEnvironment() throws IOException {
        run("a", "E-v1", 1, "0.02", 30);
        run("b", "E-v1", 2, "0.02", 20);
        run("c", "F-v1", 1, "0.02", 110);
        run("d", "F-v1", 2, "0.02", 60);
        List<Group> groups = Groups.of(read(OptionalDouble.empty(), directory), List.of(), remarks::add);
        Summary.Overall overall = Summary.Overall.of(groups).get(0);
        // A scale goes from the start of the curves, 10, to the best final return: 30 for E-v1, and 110 for F-v1. So
        // the scores of runs a to d are 1, 0.5, 1 and 0.5. In ascending order, the middle two are 0.5 and 1.
        assertEquals(0.75, overall.iqm(), 1e-12);
        assertEquals(new Bootstrap.Interval(0.5, 1), overall.interval());
    }

    @Test
    void theFilesAreCompleteAndThePageNeedsNoOtherFile() throws IOException {
        System.setProperty("java.awt.headless", "true");
        run("a", "E-v1", 1, "0.02", 30);
        run("b", "E-v1", 2, "0.02", 40);
        run("c", "E-v1", 3, "0.01", 50);
        Report report = Report.of(List.of(directory), List.of(), OptionalDouble.empty(), remarks::add);
        Path out = directory.resolve("out");
        List<Path> files = report.write(out, EnumSet.allOf(Report.Format.class));
        assertEquals(8, files.size());
        for (String name : List.of("curves/E-v1", "diagnostics/E-v1")) {
            assertNotNull(ImageIO.read(out.resolve(name + ".png").toFile()));
            String svg = Files.readString(out.resolve(name + ".svg"));
            assertTrue(svg.contains("<svg") && !svg.contains("<line "), "the line segments must be joined");
        }
        String page = Files.readString(out.resolve("report.html"));
        assertFalse(Pattern.compile("(src|href)=|url\\((?!#)|@import|<script|<!DOCTYPE svg")
                .matcher(page)
                .find());
        List<String> ids = Pattern.compile("\\bid=\"([^\"]+)\"")
                .matcher(page)
                .results()
                .map(id -> id.group(1))
                .toList();
        assertEquals(ids.size(), ids.stream().distinct().count(), "ids of the page: " + ids);
        Pattern.compile("url\\(#([^)]+)\\)")
                .matcher(page)
                .results()
                .forEach(use -> assertTrue(ids.contains(use.group(1)), use.group()));
        assertTrue(page.contains("A &lt;B&gt; &amp; C"), "the page must show the fingerprint, escaped");
        assertTrue(
                report.markdown()
                        .contains("| E-v1 | delta=0.02 | training, last 100 episodes | 2 | 35.00 ± 7.07 |"
                                + " 35.00 | 35.00 | [30.00, 40.00] |"),
                report.markdown());
        assertTrue(Files.readString(out.resolve("results.csv"))
                .contains("E-v1,delta=0.02,\"training, last 100 episodes\",2,35.0,7.07106"));

        Path again = directory.resolve("again");
        Report.of(
                        List.of(directory.resolve("a"), directory.resolve("b"), directory.resolve("c")),
                        List.of(),
                        OptionalDouble.empty(),
                        remarks::add)
                .write(again, EnumSet.allOf(Report.Format.class));
        for (Path file : files) {
            assertArrayEquals(Files.readAllBytes(file), Files.readAllBytes(again.resolve(out.relativize(file))));
        }
    }
}
