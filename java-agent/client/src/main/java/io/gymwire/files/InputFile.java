// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file that is read as a whole. Every failure is a {@link FileException}.
 *
 * @param path the file's path
 * @param remedy what users can do if the file is missing or its content is wrong
 */
public record InputFile(Path path, String remedy) {

    /** The maximum size of a file. The content becomes one array, and some Java VMs allow no array that is longer. */
    private static final long MAX_BYTES = Integer.MAX_VALUE - 8L;

    /** The content. */
    public byte[] bytes() throws FileException {
        try {
            long size = Files.size(path);
            if (size > MAX_BYTES) {
                throw unusable(
                        "it has " + size + " bytes, and files with more than " + MAX_BYTES + " bytes are not supported",
                        null);
            }
            return Files.readAllBytes(path);
        } catch (FileException e) {
            throw e;
        } catch (IOException e) {
            throw unusable(FileException.reason(e), e);
        }
    }

    /** The content, which must be UTF-8 text. */
    public String text() throws FileException {
        return decode(bytes());
    }

    /** Decodes bytes that {@link #bytes} returned. They must be UTF-8 text. */
    public String decode(byte[] bytes) throws FileException {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            throw unusable(FileException.reason(e), e);
        }
    }

    /** The content's lines. */
    public List<String> lines() throws FileException {
        return text().lines().toList();
    }

    /** The content as text, e.g. another program's output. Bytes that are not UTF-8 become replacement characters. */
    public String anyText() throws FileException {
        return new String(bytes(), StandardCharsets.UTF_8);
    }

    /** The error for a file that cannot be read or has wrong content. */
    public FileException unusable(String reason, Throwable cause) {
        return FileException.reading(path, reason, remedy, cause);
    }
}
