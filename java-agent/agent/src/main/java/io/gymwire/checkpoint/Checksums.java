// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.checkpoint;

import io.gymwire.files.AtomicFiles;
import io.gymwire.files.Digests;
import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The digests of a checkpoint's files, in one further file of the checkpoint. This file has the format of
 * {@code sha256sum}, so {@code sha256sum --check} can check the files. Each line has a digest and the name of its file.
 * A file of another checkpoint is refused, because its name or its digest is not in the list. (A file with the same
 * name and the same content is accepted.)
 */
final class Checksums {

    private static final Pattern LINE = Pattern.compile("([0-9a-f]{64})  ([^/]+)");

    private final InputFile file;
    private final Map<String, String> digests = new TreeMap<>(); // by file name

    /** A list without digests. */
    Checksums(InputFile file) {
        this.file = file;
    }

    /** Reads the file. */
    static Checksums read(InputFile file) throws IOException {
        Checksums checksums = new Checksums(file);
        for (String line : file.lines()) {
            Matcher entry = LINE.matcher(line);
            if (!entry.matches()) {
                throw file.unusable("a line does not consist of a SHA-256 and a file's name", null);
            }
            checksums.digests.put(entry.group(2), entry.group(1));
        }
        return checksums;
    }

    /** Records the digest of a file. */
    void add(Path path, String sha256) {
        digests.put(path.getFileName().toString(), sha256);
    }

    /** Writes the file. */
    void write() throws IOException {
        StringBuilder text = new StringBuilder();
        digests.forEach(
                (name, sha256) -> text.append(sha256).append("  ").append(name).append('\n'));
        AtomicFiles.write(file.path(), text.toString().getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Reads another file of the checkpoint.
     *
     * @throws FileException if the file cannot be read, or if its digest is not recorded or differs from the recorded
     *     digest
     */
    byte[] bytes(InputFile other) throws FileException {
        byte[] bytes = other.bytes();
        String expected = digests.get(other.path().getFileName().toString());
        if (expected == null) {
            throw file.unusable("it does not name " + other.path().getFileName(), null);
        }
        if (!expected.equals(Digests.sha256(bytes))) {
            throw other.unusable("its SHA-256 is not the one in " + file.path().getFileName(), null);
        }
        return bytes;
    }
}
