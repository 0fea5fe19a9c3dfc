// Copyright 2026 The Gymwire Authors
// SPDX-License-Identifier: Apache-2.0
package io.gymwire.env.remote;

import io.gymwire.files.FileException;
import io.gymwire.files.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The options to reach a server: its address, the longest times to wait for answers, and the token and the certificates
 * that authenticate client and server. An object is immutable: each {@code with} method returns a changed copy.
 */
public final class ConnectOptions {
    private static final int MAX_PORT = 65535;

    private final String address;
    private Timeouts timeouts = Timeouts.DEFAULT;
    private String token;
    private Path authority;
    private Path certificate;
    private Path key;

    private ConnectOptions(String address) {
        this.address = Objects.requireNonNull(address, "address");
    }

    /**
     * Options for a server that requires neither a token nor TLS, with the default timeouts.
     *
     * @param address {@code host:port} or {@code unix:/path}
     * @throws IllegalArgumentException if the address has another form. The path after {@code unix:} is not checked
     */
    public static ConnectOptions of(String address) {
        ConnectOptions options = new ConnectOptions(address);
        options.check();
        return options;
    }

    /** The server's address: {@code host:port} or {@code unix:/path}. */
    public String address() {
        return address;
    }

    /** The longest times to wait for the server's answers. */
    public Timeouts timeouts() {
        return timeouts;
    }

    /** The token that the server requires, or null if it requires none. */
    public String token() {
        return token;
    }

    /** The PEM file of the authorities that the client trusts to sign a server's certificate, or null for no TLS. */
    public Path authority() {
        return authority;
    }

    /** The PEM file of the client's certificate chain, or null. */
    public Path certificate() {
        return certificate;
    }

    /** The PEM file (PKCS #8, unencrypted) of the client certificate's private key, or null. */
    public Path key() {
        return key;
    }

    /** These options with one timeout for all answers, except the answer to a Close, which has a fixed time. */
    public ConnectOptions withTimeout(Duration longest) {
        return withTimeouts(Timeouts.of(longest));
    }

    /** These options with other timeouts. */
    public ConnectOptions withTimeouts(Timeouts longest) {
        Objects.requireNonNull(longest, "timeouts");
        return with(options -> options.timeouts = longest);
    }

    /** These options with the token from a file. White space around the token is removed. */
    public ConnectOptions withTokenFile(Path file) {
        try {
            String shown = new InputFile(file, "give the file that the server was started with")
                    .text()
                    .strip();
            return with(options -> options.token = shown);
        } catch (IOException | IllegalArgumentException e) {
            throw unreadable("token file", file, e);
        }
    }

    /** These options with TLS and with the PEM file of the trusted authorities. With null, TLS is not used. */
    public ConnectOptions withAuthority(Path file) {
        return with(options -> options.authority = file);
    }

    /**
     * These options with a certificate that the client shows to the server (mutual TLS). This requires an authority.
     *
     * @param chain the PEM file of the client's certificate chain, or null for none
     * @param privateKey the PEM file (PKCS #8, unencrypted) of the certificate's private key, or null for none
     */
    public ConnectOptions withCertificate(Path chain, Path privateKey) {
        return with(options -> {
            options.certificate = chain;
            options.key = privateKey;
        });
    }

    private ConnectOptions with(Consumer<ConnectOptions> change) {
        ConnectOptions copy = new ConnectOptions(address);
        copy.timeouts = timeouts;
        copy.token = token;
        copy.authority = authority;
        copy.certificate = certificate;
        copy.key = key;
        change.accept(copy);
        copy.check();
        return copy;
    }

    /** Checks the address and the token, and that the options are consistent. */
    private void check() {
        if (!address.startsWith("unix:") && !isHostAndPort(address)) {
            throw new IllegalArgumentException("the server address '" + address
                    + "' cannot be used: write host:port, for example 127.0.0.1:50051, or unix:/path");
        }
        if (token != null && !token.matches("[!-~]+")) {
            throw new IllegalArgumentException(
                    "the server's token is empty or contains a space or a character that is not printable ASCII;"
                            + " give the token that the server was started with");
        }
        if ((certificate == null) != (key == null)) {
            throw new IllegalArgumentException("a client certificate and its key are needed together, but only "
                    + (key == null ? certificate : key) + " was given");
        }
        if (certificate != null && authority == null) {
            throw new IllegalArgumentException("the client certificate " + certificate
                    + " needs TLS; give the file of the authority that signed the server's certificate, too");
        }
        if (authority != null && address.startsWith("unix:")) {
            throw new IllegalArgumentException("TLS cannot be combined with the Unix socket " + address
                    + ", because its messages do not leave this machine; leave the certificates out");
        }
    }

    private static boolean isHostAndPort(String address) {
        int colon = address.lastIndexOf(':');
        String port = address.substring(colon + 1);
        return colon > 0
                && address.substring(0, colon).matches("[^\\s/]+")
                && port.matches("\\d{1,5}")
                && Integer.parseInt(port) <= MAX_PORT;
    }

    /** A text without the token, because the text can appear in a log. */
    @Override
    public String toString() {
        return "ConnectOptions[" + address + ", " + timeouts + (token == null ? "" : ", with a token")
                + (authority == null ? "" : ", TLS by " + authority)
                + (certificate == null ? "" : ", as " + certificate) + "]";
    }

    static IllegalArgumentException unreadable(String what, Path file, Exception cause) {
        String reason = cause instanceof IOException failure ? FileException.reason(failure) : cause.getMessage();
        return new IllegalArgumentException(
                "the " + what + " " + file + " cannot be used: " + reason + "; check the file's path and content",
                cause);
    }
}
