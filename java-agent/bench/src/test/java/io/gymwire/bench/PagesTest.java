// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.cli.BenchStub;
import io.gymwire.cli.Gymwire;
import io.gymwire.learn.RunConfig;
import io.gymwire.settings.Setting;
import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

/** Links on the pages lead to files and headings, and the commands on the pages exist in this version. */
final class PagesTest {

    private static final Path HOME = PythonTools.home();

    /** Commands of other programs. The tests do not check their arguments. */
    private static final Set<String> FOREIGN =
            Set.of("cd", "export", "git", "job=$(sbatch", "pip", "ray", "sbatch", "tensorboard");

    /**
     * The pages in the top folder and up to three levels below it. Reports, the files of builds and runs, and hidden
     * folders are left out.
     */
    static Stream<Path> pages() throws IOException {
        try (Stream<Path> files = Files.walk(HOME, 4)) {
            List<Path> pages = files.filter(file -> file.toString().endsWith(".md"))
                    .map(HOME::relativize)
                    .filter(page ->
                            !page.toString().matches("(.*/)?(target|runs|node_modules|\\.[^/]+)/.*|.*/report\\.md"))
                    .sorted()
                    .toList();
            return pages.stream();
        }
    }

    @Test
    void everyPageIsInTheListOfPages() throws IOException {
        List<String> names = pages().map(Path::toString).toList();
        assertTrue(names.containsAll(List.of("README.md", "CONTRIBUTING.md")), names::toString);
        String index = read(Path.of("docs/README.md"));
        for (String name : names) {
            assertTrue(
                    name.equals("docs/README.md") || index.contains(name.replaceFirst("^docs/", "")),
                    name + " is not in the list of pages, docs/README.md");
        }
    }

    @Test
    void theReadmeIsShort() throws IOException {
        assertTrue(read(Path.of("README.md")).lines().count() < 200);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkLeadsToAFileAndAHeading(Path page) throws IOException {
        Matcher link =
                Pattern.compile("\\]\\((?!https?:)([^)#]*)(?:#([^)]+))?\\)").matcher(read(page));
        while (link.find()) {
            Path target = link.group(1).isEmpty()
                    ? page
                    : HOME.relativize(HOME.resolve(page)
                            .toAbsolutePath()
                            .resolveSibling(link.group(1))
                            .normalize());
            assertTrue(Files.exists(HOME.resolve(target)), page + " links to " + link.group());
            if (link.group(2) != null) {
                assertTrue(headings(target).contains(link.group(2)), page + " links to " + link.group());
            }
        }
    }

    /**
     * The anchors of a page's headings. They are GitHub's anchors, except for repeated headings and headings with a
     * link. Comments in code blocks count as headings.
     */
    private static List<String> headings(Path page) throws IOException {
        return read(page)
                .lines()
                .filter(line -> line.startsWith("#"))
                .map(line -> line.replaceFirst("^#+ *", "").toLowerCase(Locale.ROOT))
                .map(heading -> heading.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyCommandExistsInThisVersion(Path page) throws IOException {
        for (String line : commands(page)) {
            List<String> words = words(line);
            String command = words.isEmpty() ? "" : words.get(0);
            if (command.equals("./gymwire")) {
                parse(page, words.subList(1, words.size()));
            } else if (command.equals("./mvnw")) {
                requireMaven(page, words);
            } else if (command.contains("python")) {
                requirePython(page, words);
            } else if (command.contains("/ruff") || command.contains("/mypy")) {
                assertTrue(command.startsWith(".venv/bin/"), line);
            } else if (command.equals("java")) {
                String main = words.stream()
                        .filter(word -> word.startsWith("io.gymwire."))
                        .findFirst()
                        .orElse("");
                assertTrue(
                        main.isEmpty()
                                || Files.exists(HOME.resolve(
                                        "java-agent/bench/src/main/java/" + main.replace('.', '/') + ".java")),
                        page + ": " + line);
            } else {
                assertTrue(FOREIGN.contains(command) || line.startsWith("grpcurl "), page + ": " + line);
            }
        }
    }

    @Test
    void everySettingIsExplained() throws IOException {
        String page = read(Path.of("docs/settings.md"));
        for (Setting<?> setting :
                RunConfig.GROUPS.stream().flatMap(g -> g.settings().stream()).toList()) {
            assertTrue(page.contains("`--" + setting.name() + "`"), setting.name());
        }
    }

    private static void parse(Path page, List<String> words) {
        CommandLine program = new CommandLine(new Gymwire());
        program.getCommandSpec().removeSubcommand(BenchStub.NAME);
        program.addSubcommand(new BenchCommand());
        program.setOverwrittenOptionsAllowed(true).setCaseInsensitiveEnumValuesAllowed(true);
        // Code such as `./gymwire train` has only a command's name or an option. It often cannot be parsed, because
        // the command's required arguments are missing.
        if (words.size() == 1) {
            assertTrue(
                    words.get(0).startsWith("--") || program.getSubcommands().containsKey(words.get(0)),
                    page + ": " + words);
        } else {
            program.parseArgs(
                    words.stream().filter(word -> !word.startsWith("@")).toArray(String[]::new));
        }
    }

    private static void requireMaven(Path page, List<String> words) throws IOException {
        for (int i = 1; i < words.size(); i++) {
            if (words.get(i - 1).equals("-pl")) {
                assertTrue(Files.exists(HOME.resolve(words.get(i)).resolve("pom.xml")), page + ": " + words);
            }
            if (words.get(i).startsWith("-Dtest=")) {
                String test = words.get(i).substring("-Dtest=".length()) + ".java";
                try (Stream<Path> files = Files.walk(HOME.resolve("java-agent"))) {
                    assertTrue(files.anyMatch(file -> file.endsWith(test)), page + ": " + words);
                }
            }
        }
    }

    /** Checks that the scripts, tests and Gymwire modules in a Python command exist. */
    private static void requirePython(Path page, List<String> words) {
        Path server = HOME.resolve("python-env-server");
        for (int i = 1; i < words.size(); i++) {
            String word = words.get(i);
            if (word.equals("--")) {
                return;
            }
            boolean script = word.endsWith(".py") || word.startsWith("tests/");
            if (script && !word.contains("*")) {
                assertTrue(Files.exists(server.resolve(word)) || Files.exists(HOME.resolve(word)), page + ": " + word);
            }
            if (words.get(i - 1).equals("-m") && word.startsWith("gymwire")) {
                Path module = server.resolve("src").resolve(word.replace('.', '/'));
                assertTrue(
                        Files.exists(module.resolve("__main__.py")) || Files.exists(Path.of(module + ".py")),
                        page + ": " + word);
            }
        }
    }

    /**
     * The commands of a page. A code block without a language, or with the language sh, contains commands if one of its
     * lines calls ./gymwire, ./mvnw, python or java. Then all its lines are commands, except blank lines and comments.
     * The calls of ./gymwire and ./mvnw in inline code are commands, too.
     */
    private static List<String> commands(Path page) throws IOException {
        List<String> commands = new ArrayList<>();
        Matcher block = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```").matcher(read(page));
        String start =
                "(?s)\\(?(cd [\\w-]+ && )?([A-Z_]+=(\"[^\"]*\"|\\S+) )*(\\./gymwire|\\./mvnw|python3? |java -).*";
        while (block.find()) {
            List<String> lines = block.group(2).lines().toList();
            if (Set.of("", "sh").contains(block.group(1)) && lines.stream().anyMatch(line -> line.matches(start))) {
                // A line break inside single quotation marks does not end a command.
                commands.addAll(List.of(String.join("\n", lines).split("\n(?=(?:[^']*'[^']*')*[^']*$)")));
            }
        }
        Matcher cell = Pattern.compile("`([^`\n]+)`").matcher(read(page));
        while (cell.find()) {
            if (cell.group(1).matches("\\(?(cd [\\w-]+ && )?([A-Z_]+=\\S+ )*(\\./gymwire|\\./mvnw) .*")) {
                commands.add(cell.group(1).replace("\\|", "|"));
            }
        }
        return commands.stream()
                .filter(line -> !line.isBlank() && !line.startsWith("#"))
                .toList();
    }

    /**
     * The words of a command. These parts of the line are left out: cd, the assignments of variables, the redirection
     * and the comment. If a line joins commands with {@code &&}, and the last of them begins with ./ or .venv, the
     * others are left out.
     */
    private static List<String> words(String line) {
        String command = line.replaceFirst("^\\(?cd [\\w-]+ && ", "")
                .replaceFirst("\\)?( {2,}.*| #.*)?$", "")
                .replaceFirst(" >\\S+$", "")
                .replaceFirst("^.* && (?=\\./|\\.venv)", "");
        List<String> words = Arrays.stream(command.trim().split(" +(?=(?:[^\"']|\"[^\"]*\"|'[^']*')*$)"))
                .dropWhile(word -> word.matches("[A-Z_]+=.*"))
                .map(word -> word.replaceAll("^[\"']|[\"']$", ""))
                // Placeholders, such as N in --steps N.
                .map(word -> word.equals("N") || word.equals("H") || word.equals("K") ? "1" : word)
                .filter(word -> !word.equals("..."))
                .collect(Collectors.toCollection(ArrayList::new));
        assertEquals(words, words.stream().filter(word -> !word.isEmpty()).toList(), line);
        return words;
    }

    private static String read(Path page) throws IOException {
        return Files.readString(HOME.resolve(page));
    }
}
