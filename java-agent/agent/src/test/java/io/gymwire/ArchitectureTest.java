// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.gymwire.testing.PythonTools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Checks the rules on dependencies between packages: looks for imports and full class names in the sources. Also
 * checks the form of the sources.
 */
final class ArchitectureTest {
    /** Each package uses only the packages before it. */
    private static final List<String> ORDER = List.of(
            "files",
            "env",
            "settings",
            "metrics",
            "linalg",
            "net",
            "distribution",
            "policy",
            "observe",
            "rollout",
            "update",
            "learn",
            "fleet",
            "record",
            "checkpoint",
            "evaluate",
            "run",
            "report",
            "explain",
            "sweep",
            "cli",
            "bench");

    private static final Path HOME = PythonTools.home().resolve("java-agent");
    private static final List<String> MODULES = List.of("client", "agent", "bench");
    private static final int MAX_LINES = 400;
    /** The formatter keeps to this width too, except in string literals, which it does not break. */
    private static final int MAX_COLUMNS = 120;

    private static final int MAX_PARAMETERS = 5;

    private static final Pattern TYPE = Pattern.compile("\\b(?:class|record|enum)\\s+(\\w+)");
    private static final Pattern TEXT =
            Pattern.compile("(?s:\"\"\".*?\"\"\")|'(?:\\\\.|[^'\\\\])'|\"(?:\\\\.|[^\"\\\\\n])*\"");
    private static final Pattern JAVADOC = Pattern.compile("/\\*\\*\\s+(?:\\*\\s+)?(\\w+)");
    /**
     * First words that a Javadoc must not have. A Javadoc names what a method returns, for example "The number of
     * rows.", or says what the method does, for example "Computes the mean.".
     */
    private static final List<String> NO_NOUN = List.of("Returns", "Says", "Tells", "Holds", "Gives", "Is");

    private static final Pattern PACKAGE = Pattern.compile("\\bio\\.gymwire\\.([a-z]+)\\.");
    private static final Pattern UPDATE = Pattern.compile("\\bio\\.gymwire\\.update\\.([a-z]+)\\.(?=[A-Z*])");
    private static final Pattern CLIENT = Pattern.compile("\\bio\\.gymwire\\.env\\.(?:(space|remote)\\.)?[A-Z*]\\w*");
    private static final Pattern WIRE =
            Pattern.compile("\\b(io\\.grpc|com\\.google\\.protobuf|io\\.gymwire\\.proto)\\.[\\w.]+");
    private static final Pattern FILE_ACCESS = Pattern.compile("\\bFiles\\.(read|write|newB|newI|newO|lines|copy|move"
            + "|walk|list|newD|createT|createD)\\w*|new (File(In|Out)putStream|FileReader|FileWriter|RandomAccessFile"
            + "|ZipFile)\\b");
    /**
     * Code that may access files, although it is not in the packages {@code files} and {@code bench}. RunFolder's own
     * error messages name the file. Presets lists only the program's resources.
     */
    private static final List<String> FILE_ACCESS_ELSEWHERE =
            List.of("RunFolder.java new RandomAccessFile", "Presets.java Files.list");
    /** The classes in the package {@code distribution} that may use an environment's spaces. */
    private static final Pattern ACTIONS = Pattern.compile("ActionModel\\.java|.*Decoder\\.java");
    /** Comments may name classes of later packages to guide the reader; such names are no dependencies. */
    private static final Pattern COMMENT = Pattern.compile("(?s:/\\*.*?\\*/)|(?m:^\\s*//.*$)");
    /** TensorBoard's event files contain protobuf messages; TensorBoardWriter encodes them with these two classes. */
    private static final List<String> ENCODING =
            List.of("com.google.protobuf.CodedOutputStream", "com.google.protobuf.ByteString");

    @Test
    void packagesUseOnlyPackagesBeforeThemInTheOrder() throws IOException {
        List<String> violations = new ArrayList<>();
        for (Path file : sources("main")) {
            int own = ORDER.indexOf(packageOf(file));
            Matcher used = PACKAGE.matcher(code(file));
            while (used.find()) {
                boolean wire = used.group(1).equals("proto");
                if (!wire && ORDER.indexOf(used.group(1)) > own) {
                    violations.add(file.getFileName() + " uses " + used.group());
                }
            }
        }
        assertEquals(List.of(), violations);
    }

    /** The code that the updates of all algorithms share must not depend on the update of one algorithm. */
    @Test
    void updatesUseSharedCodeButNotEachOther() throws IOException {
        List<String> violations = new ArrayList<>();
        TreeSet<String> algorithms = new TreeSet<>();
        for (Path file : sources("main")) {
            if (packageOf(file).equals("update")) {
                String own = file.getParent().getFileName().toString();
                algorithms.add(own);
                Matcher used = UPDATE.matcher(code(file));
                while (used.find()) {
                    if (!used.group(1).equals(own)) {
                        violations.add(own + "/" + file.getFileName() + " uses " + used.group());
                    }
                }
            }
        }
        assertEquals(List.of(), violations);
        assertTrue(algorithms.containsAll(List.of("natural", "ppo", "update")), algorithms.toString());
    }

    @Test
    void everyPackageHasItsPlaceInTheOrder() throws IOException {
        TreeSet<String> packages = new TreeSet<>();
        for (Path file : sources("main")) {
            packages.add(packageOf(file));
        }
        packages.remove("");
        assertTrue(ORDER.containsAll(packages), packages + " against " + ORDER);
        assertTrue(packages.containsAll(ORDER.subList(0, ORDER.indexOf("run"))), packages.toString());
    }

    @Test
    void linalgAndNetAndDistributionAndPolicyAndUpdateDoNotUseTheClientExceptForActionSpaces() throws IOException {
        int actions = 0;
        for (Path file : sources("main")) {
            boolean usesEnv = code(file).contains("io.gymwire.env.");
            if (packageOf(file).equals("distribution")
                    && ACTIONS.matcher(file.getFileName().toString()).matches()) {
                actions += usesEnv ? 1 : 0;
            } else if (List.of("linalg", "net", "distribution", "policy", "update")
                    .contains(packageOf(file))) {
                assertTrue(!usesEnv, file.getFileName() + " uses io.gymwire.env");
            }
        }
        assertTrue(actions > 0, "the pattern finds what it looks for");
    }

    @Test
    void spacesDoNotUseEnvironmentsAndEnvironmentsDoNotUseServers() throws IOException {
        List<String> violations = new ArrayList<>();
        int allowed = 0;
        for (Path file : sources("main")) {
            boolean inSpace = file.getParent().endsWith("env/space");
            boolean inEnv = file.getParent().endsWith("gymwire/env");
            Matcher used = CLIENT.matcher(code(file));
            while ((inSpace || inEnv) && used.find()) {
                boolean ofSpace = "space".equals(used.group(1));
                boolean ofRemote = "remote".equals(used.group(1));
                if (ofRemote || inSpace && !ofSpace) {
                    violations.add(file.getFileName() + " uses " + used.group());
                } else {
                    allowed++;
                }
            }
        }
        assertEquals(List.of(), violations);
        assertTrue(allowed > 0, "the pattern finds what it looks for");
    }

    @Test
    void onlyRemoteEnvironmentsUseGrpcAndProtobuf() throws IOException {
        List<String> violations = new ArrayList<>();
        int inRemote = 0;
        for (Path file : sources("main")) {
            Matcher used = WIRE.matcher(code(file));
            while (used.find()) {
                // The bench also measures a client that makes its own gRPC calls.
                boolean allowed = file.endsWith("bench/UnarySession.java")
                        || file.endsWith("record/TensorBoardWriter.java") && ENCODING.contains(used.group());
                if (file.getParent().endsWith("env/remote")) {
                    inRemote++;
                } else if (!allowed) {
                    violations.add(file.getFileName() + " uses " + used.group());
                }
            }
        }
        assertEquals(List.of(), violations);
        assertTrue(inRemote > 0, "the pattern finds what it looks for");
    }

    /**
     * Errors from the package {@code files} name the file. Errors from other code might not name it. The package
     * {@code bench} may access files.
     */
    @Test
    void onlyTheFilesPackageReadsAndWritesFiles() throws IOException {
        List<String> violations = new ArrayList<>();
        int inFiles = 0;
        for (Path file : sources("main")) {
            Matcher used = FILE_ACCESS.matcher(code(file));
            while (used.find()) {
                if (packageOf(file).equals("files")) {
                    inFiles++;
                } else if (!packageOf(file).equals("bench")
                        && !FILE_ACCESS_ELSEWHERE.contains(file.getFileName() + " " + used.group())) {
                    violations.add(file.getFileName() + " uses " + used.group());
                }
            }
        }
        assertEquals(List.of(), violations);
        assertTrue(inFiles > 5, "the pattern finds what it looks for");
    }

    @Test
    void noSourceFileIsTooLongOrTooWide() throws IOException {
        List<String> violations = new ArrayList<>();
        for (String tree : List.of("main", "test")) {
            for (Path file : sources(tree)) {
                List<String> lines = Files.readAllLines(file);
                if (lines.size() > MAX_LINES) {
                    violations.add(file.getFileName() + " has " + lines.size() + " lines");
                }
                lines.stream()
                        .filter(line -> line.length() > MAX_COLUMNS && !line.contains("\""))
                        .forEach(line -> violations.add(file.getFileName() + " has the long line " + line.strip()));
            }
        }
        assertEquals(List.of(), violations);
    }

    /** A call with more than five arguments is hard to read: it shows no names, and arguments are easily swapped. */
    @Test
    void noConstructorHasTooManyParameters() throws IOException {
        List<String> violations = new ArrayList<>();
        int constructors = 0;
        for (Path file : sources("main")) {
            String code = TEXT.matcher(code(file)).replaceAll("\"\"");
            Matcher type = TYPE.matcher(code);
            while (type.find()) {
                String name = type.group(1);
                Matcher constructor = Pattern.compile("(?<![.\\w]|\\bnew )" + name + "\\s*(?:<[^(){};]*>)?\\s*\\(")
                        .matcher(code);
                while (constructor.find()) {
                    constructors++;
                    int count = parameters(code, constructor.end());
                    if (count > MAX_PARAMETERS) {
                        violations.add(file.getFileName() + ": " + name + " takes " + count + " parameters");
                    }
                }
            }
        }
        assertEquals(List.of(), violations);
        assertTrue(constructors > 100, "the pattern finds what it looks for");
    }

    @Test
    void parametersWithGenericsAndAnnotationsAreCountedCorrectly() {
        assertEquals(0, parameters(" ) {}", 0));
        assertEquals(1, parameters("Map<String, List<Integer>> map) {}", 0));
        assertEquals(3, parameters("@Option(names = {\"a\", \"b\"}, arity = f(1, 2)) int a, int[] b, Map<A, B> c)", 0));
    }

    /** The number of parameters in the list that begins at an index of the code, just after the opening parenthesis. */
    private static int parameters(String code, int start) {
        int depth = 1;
        int commas = 0;
        int i = start;
        for (; depth > 0; i++) {
            char c = code.charAt(i);
            if ("(<{[".indexOf(c) >= 0) {
                depth++;
            } else if (")>}]".indexOf(c) >= 0) {
                depth--;
            } else if (c == ',' && depth == 1) {
                commas++;
            }
        }
        return code.substring(start, i - 1).isBlank() ? 0 : commas + 1;
    }

    @Test
    void noJavadocBeginsWithTheWordReturnsOrASimilarVerb() throws IOException {
        List<String> violations = new ArrayList<>();
        int comments = 0;
        for (Path file : sources("main")) {
            Matcher javadoc = JAVADOC.matcher(Files.readString(file));
            while (javadoc.find()) {
                comments++;
                if (NO_NOUN.contains(javadoc.group(1))) {
                    violations.add(file.getFileName() + " has a Javadoc that begins with " + javadoc.group(1));
                }
            }
        }
        assertEquals(List.of(), violations);
        assertTrue(comments > 500, "the pattern finds what it looks for");
    }

    private static Path root(String module, String tree) {
        return HOME.resolve(module).resolve("src").resolve(tree).resolve("java/io/gymwire");
    }

    private static List<Path> sources(String tree) throws IOException {
        List<Path> sources = new ArrayList<>();
        for (String module : MODULES) {
            try (Stream<Path> files = Files.walk(root(module, tree))) {
                int before = sources.size();
                files.filter(file -> file.toString().endsWith(".java")).sorted().forEach(sources::add);
                assertTrue(sources.size() > before, "sources below " + root(module, tree));
            }
        }
        return sources;
    }

    /** The first name below io.gymwire in the file's package; empty for io.gymwire itself. */
    private static String packageOf(Path file) {
        String module = HOME.relativize(file).getName(0).toString();
        Path relative = root(module, "main").relativize(file);
        return relative.getNameCount() == 1 ? "" : relative.getName(0).toString();
    }

    private static String code(Path file) throws IOException {
        return COMMENT.matcher(Files.readString(file)).replaceAll("");
    }
}
