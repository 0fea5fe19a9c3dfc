// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;

/**
 * How to reach a server: where it is, how long to wait for it, and by what each side proves who it is.
 *
 * @param address {@code host:port} or {@code unix:/path}
 * @param timeouts how long to wait for its answers
 * @param token the server's token, or null if it asks for none
 * @param authority PEM file of the certificates that the server's must be signed by, or null for no TLS
 * @param certificate PEM file of the client's certificate chain, or null; needs an authority and a key
 * @param key PEM file (PKCS #8, unencrypted) of the client certificate's private key, or null
 */
public record ConnectOptions(
        String address, Timeouts timeouts, String token, Path authority, Path certificate, Path key) {
    /** Checks that the parts fit together. */
    public ConnectOptions {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(timeouts, "timeouts");
        if (token != null && !token.matches("[!-~]+")) {
            throw new IllegalArgumentException(
                    "the server's token is empty or holds a space or a character outside ASCII;"
                            + " give the token that the server was started with");
        }
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a client certificate and its key go together, but only "
                    + (key == null ? certificate : key) + " was given");
        }
        if (certificate != null && authority == null) {
            throw new IllegalArgumentException("the client certificate " + certificate
                    + " needs TLS; give the file of the " + "authority that signed the server's certificate, too");
        }
        if (authority != null && address.startsWith("unix:")) {
            throw new IllegalArgumentException("TLS does not go with the Unix socket " + address
                    + ", which does not leave this machine; leave the certificates out");
        }
    }

    /** Reaches a server without token or TLS, with the default timeouts. */
    public static ConnectOptions of(String address) {
        return new ConnectOptions(address, Timeouts.DEFAULT, null, null, null, null);
    }

    /** Waits this long for any answer. */
    public ConnectOptions withTimeout(Duration longest) {
        return withTimeouts(Timeouts.of(longest));
    }

    /** Waits this long for answers. */
    public ConnectOptions withTimeouts(Timeouts longest) {
        return new ConnectOptions(address, longest, token, authority, certificate, key);
    }

    /** Shows the token in a file; white space around it does not count. */
    public ConnectOptions withTokenFile(Path file) {
        try {
            String shown = new InputFile(file, "give the file that the server was started with")
                    .text()
                    .strip();
            return new ConnectOptions(address, timeouts, shown, authority, certificate, key);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable("token file", file, e);
        }
    }

    /** Uses TLS, and trusts only servers whose certificate is signed by one in this PEM file. */
    public ConnectOptions withAuthority(Path file) {
        return new ConnectOptions(address, timeouts, token, file, certificate, key);
    }

    /** Shows a certificate to the server (mutual TLS). */
    public ConnectOptions withCertificate(Path chain, Path privateKey) {
        return new ConnectOptions(address, timeouts, token, authority, chain, privateKey);
    }

    /** Names all but the token, so that no log holds it. */
    @Override
    public String toString() {
        return "ConnectOptions[" + address + ", " + timeouts + (token == null ? "" : ", with a token")
                + (authority == null ? "" : ", TLS by " + authority)
                + (certificate == null ? "" : ", as " + certificate) + "]";
    }

    static IllegalArgumentException unreadable(String what, Path file, Exception cause) {
        String reason = cause instanceof IOException failure ? FileException.reason(failure) : cause.getMessage();
        return new IllegalArgumentException(
                "the " + what + " " + file + " cannot be used: " + reason + "; check its path and what is in it",
                cause);
    }
}
