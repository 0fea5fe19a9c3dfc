// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.record.ConsoleReporter.Mode;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ConsoleReporterTest {
    private static final String FIRST =
            "  2% [..............] 2048/100k  return -  7,812 steps/s  KL 0.0098  00:13 left";
    private static final String LAST =
            "100% [##########] 100k/100k  return 487.2  8,000 steps/s  KL 0.0100  00:00 left";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream out = new PrintStream(bytes, false, StandardCharsets.UTF_8);
    private final Locale localeBefore = Locale.getDefault();
    private long nanos;

    @BeforeEach
    void setGermanLocale() {
        Locale.setDefault(Locale.GERMANY);
    }

    @AfterEach
    void restoreLocale() {
        Locale.setDefault(localeBefore);
    }

    @Test
    void overwritesOneLineOnATerminal() {
        ConsoleReporter reporter = reporter(Mode.PROGRESS, 100_000, true, LAST.length() + 1);
        reporter.iteration(row(2048, null, 7812.4, 0.00981));
        reporter.iteration(row(100_000, 487.24, 8000, 0.01));
        reporter.finish();
        assertEquals("\r" + FIRST + "\r" + LAST + "\n", text());
    }

    @Test
    void clearsTheRestOfALongerEarlierLine() {
        ConsoleReporter reporter = reporter(Mode.PROGRESS, 100_000, true, 1000);
        reporter.iteration(row(50_000, -1234.5, 8000, 0.01));
        reporter.iteration(row(50_000, 1.0, 8000, 0.01));
        String half = " 50% [" + "#".repeat(15) + ".".repeat(15) + "] 50k/100k  return ";
        String rest = "  8,000 steps/s  KL 0.0100  00:06 left";
        assertEquals("\r" + half + "-1234.5" + rest + "\r" + half + "1.0" + rest + "    ", text());
    }

    @Test
    void neverReachesTheTerminalsLastColumn() {
        for (int width = 10; width <= 160; width++) {
            bytes.reset();
            reporter(Mode.PROGRESS, 1_000_000, true, width).iteration(row(300_288, -1234.5, 15_812, 0.0098));
            String line = text().substring(1);
            assertTrue(line.length() < width, width + ": " + line);
            String whole = " 30% 300.3k/1M  return -1234.5  15,812 steps/s  KL 0.0098  00:44 left";
            String withoutBar = line.replaceFirst(" \\[#+\\.+]", "");
            assertEquals(whole.substring(0, Math.min(whole.length(), width - 1)), withoutBar, "width " + width);
        }
    }

    @Test
    void showsADashForAValueThatDoesNotExistYet() {
        ConsoleReporter reporter = reporter(Mode.PROGRESS, 100_000, false, 80);
        Map<String, Object> row = row(0, Double.NaN, Double.NaN, Double.NaN);
        reporter.iteration(row);
        assertEquals("  0% 0/100k  return -  - steps/s  KL -  - left\n", text());
    }

    @Test
    void showsHoursOnlyWhenThereAreSome() {
        ConsoleReporter reporter = reporter(Mode.PROGRESS, 10_000_000, false, 80);
        reporter.iteration(row(1_250_000, 1.0, 1000, 0.01));
        assertEquals(" 12% 1.25M/10M  return 1.0  1,000 steps/s  KL 0.0100  2:25:50 left\n", text());
    }

    @Test
    void theNumberOfStepsIsRoundedToTheNearestValueAndThePercentageIsRoundedDown() {
        ConsoleReporter reporter = reporter(Mode.PROGRESS, 3_333_600, false, 80);
        reporter.iteration(row(999_960, 1.0, 1000, 0.01));
        assertTrue(text().startsWith(" 29% 1M/3.33M "), text());
    }

    @Test
    void separatesMessagesFromTheProgressLine() {
        ConsoleReporter reporter = reporter(Mode.PROGRESS, 100_000, true, LAST.length() + 1);
        reporter.line("before");
        reporter.iteration(row(100_000, 487.24, 8000, 0.01));
        reporter.line("saved");
        reporter.finish();
        reporter.line("after");
        String blank = " ".repeat(LAST.length());
        assertEquals("before\n\r" + LAST + "\r" + blank + "\rsaved\n\r" + LAST + "\nafter\n", text());
    }

    @Test
    void printsAPlainLineEveryFivePercentWithoutATerminal() {
        ConsoleReporter reporter = reporter(Mode.PROGRESS, 100_000, false, 80);
        for (int steps = 1000; steps <= 100_000; steps += 1000) {
            reporter.iteration(row(steps, 1.0, 1000, 0.01));
        }
        reporter.finish();
        String[] lines = text().split("\n");
        // There is a line at 1 %, 6 %, ... 96 %, and at the end.
        assertEquals(21, lines.length);
        assertTrue(lines[1].startsWith("  6% 6000/100k  "), lines[1]);
        assertTrue(lines[20].startsWith("100% 100k/100k  "), lines[20]);
        assertFalse(text().contains("\r"));
    }

    @Test
    void printsAPlainLineEveryTenSecondsWithoutATerminal() {
        ConsoleReporter reporter = reporter(Mode.PROGRESS, 1_000_000, false, 80);
        for (int second = 0; second <= 25; second++) {
            nanos = TimeUnit.SECONDS.toNanos(second);
            reporter.iteration(row(1000 + second, 1.0, 1, 0.01));
        }
        assertEquals("1000 1010 1020", plainSteps());
        reporter.finish();
        reporter.finish();
        assertEquals("1000 1010 1020 1025", plainSteps());
    }

    @Test
    void drawsATableForEachIteration() {
        ConsoleReporter reporter = reporter(Mode.TABLE, 100_000, true, 80);
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("rollout/ep_rew_mean", Double.NaN);
        row.put("time/total_timesteps", 2048);
        row.put("rollout/ep_len_mean", 21.40625);
        row.put("time/fps", 7812.4);
        row.put("train/kl_divergence_loss", 0.0098123);
        row.put("train/cg_residual", 1.25e-11);
        row.put("train/is_line_search_success", true);
        row.put("train/std", 0.0);
        row.put("note", null);
        reporter.iteration(row);
        assertEquals("""
                --------------------------------------------
                | rollout/                    |            |
                |    ep_rew_mean              | -          |
                |    ep_len_mean              | 21.41      |
                | time/                       |            |
                |    total_timesteps          | 2048       |
                |    fps                      | 7812       |
                | train/                      |            |
                |    kl_divergence_loss       | 0.009812   |
                |    cg_residual              | 1.250e-11  |
                |    is_line_search_success   | true       |
                |    std                      | 0          |
                | note                        | -          |
                --------------------------------------------
                """, text());
    }

    @Test
    void widensTheTableForALongName() {
        String name = "a_name_of_more_than_twenty-seven_characters";
        reporter(Mode.TABLE, 100_000, false, 80).iteration(Map.of("train/" + name, 12_345_678_901.0));
        String[] lines = text().split("\n");
        assertEquals("|    " + name + " | 1.235e+10  |", lines[2]);
        for (String line : lines) {
            assertEquals(lines[0].length(), line.length(), line);
        }
    }

    @Test
    void takesTheWidthFromTheVariableNamedColumnsIfItsValueIsSensible() {
        assertEquals(132, ConsoleReporter.width("132"));
        for (String columns : new String[] {null, "", "0", "-5", "wide", "99999"}) {
            assertEquals(80, ConsoleReporter.width(columns), "COLUMNS=" + columns);
        }
    }

    @Test
    void findsNoTerminalWithoutAConsole() {
        assertFalse(ConsoleReporter.isTerminal(Map.of("TERM", "xterm"), null));
    }

    private ConsoleReporter reporter(Mode mode, long totalSteps, boolean terminal, int width) {
        return new ConsoleReporter(mode, totalSteps, new ConsoleReporter.Output(out, terminal, width), () -> nanos);
    }

    private static Map<String, Object> row(int steps, Double meanReturn, double stepsPerSecond, double kl) {
        Map<String, Object> row = new LinkedHashMap<>();
        row.put("rollout/ep_rew_mean", meanReturn);
        row.put("time/total_timesteps", steps);
        row.put("time/fps", stepsPerSecond);
        row.put("train/kl_divergence_loss", kl);
        return row;
    }

    private String plainSteps() {
        return text().replaceAll("(?m)^ *\\d+% (\\d+)/.*\n", "$1 ").strip();
    }

    private String text() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }
}
