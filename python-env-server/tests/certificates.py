# Copyright 2026 The Gymwire Authors
# SPDX-License-Identifier: Apache-2.0
"""Makes the certificates of the TLS tests: run ``python certificates.py FOLDER``, or call ``make``."""

import datetime
import ipaddress
import sys
from pathlib import Path
from typing import Any

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)


def make(folder: Path) -> None:
    """Writes two authorities, ca.pem and other-ca.pem. The first signs server.pem and client.pem, the second signs
    stranger.pem. Also writes the keys of these three certificates."""
    authority, other = trustme.CA(), trustme.CA()
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    other.cert_pem.write_to_path(str(folder / "other-ca.pem"))
    _write(authority.issue_cert("127.0.0.1", "localhost"), folder, "server")
    _write(authority.issue_cert("client@example.org"), folder, "client")
    _write(other.issue_cert("stranger@example.org"), folder, "stranger")


def self_sign(key: Any, folder: Path, name: str) -> None:
    """Writes a self-signed certificate for 127.0.0.1, and its key. The key must not be an RSA key."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, SHA256() if isinstance(key, EllipticCurvePrivateKey) else None)
    )
    (folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _write(leaf: trustme.LeafCert, folder: Path, name: str) -> None:
    chain = b"".join(part.bytes() for part in leaf.cert_chain_pems)
    (folder / f"{name}.pem").write_bytes(chain)
    key = load_pem_private_key(leaf.private_key_pem.bytes(), password=None)
    # Java reads only PKCS #8.
    (folder / f"{name}.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


if __name__ == "__main__":
    make(Path(sys.argv[1]))
