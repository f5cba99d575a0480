"""A certificate chain with its key, checked before it is stored, without ever touching a disk.

The check is a TLS handshake with ourselves, in memory: the server side is given chain and key, the client side trusts
the chain's first certificate and nothing else. It proves that the key is the certificate's, that the certificate
covers the name and is within its dates, and that nothing in the file is broken.
"""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NoReturn

from wizard.errors import InputError, Problem

#: What the check cannot know; reports say so.
NOT_PROVEN = (
    "that clients trust the authority at the end of the proxy's chain",
    "that the proxy's certificate has not been revoked",
)
_CERTIFICATE = re.compile(r"-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----", re.DOTALL)
_KEY = re.compile(r"-----BEGIN ((?:RSA |EC |ENCRYPTED )?PRIVATE KEY)-----.+?-----END \1-----", re.DOTALL)
# A pipe holds 64 KiB on Linux and macOS; Secrets Manager takes 65,536 bytes. Real chains are below 16 KiB.
_LARGEST = 48 * 1024
_OWN_KEY = (
    "give the certificate's own key; openssl pkey -in KEY -pubout and openssl x509 -in CERT -noout -pubkey agree then"
)


@dataclass(frozen=True, slots=True)
class TlsMaterial:
    """PEM texts: the certificate first, then those that lead to its authority; and the key, unencrypted."""

    chain_pem: str
    key_pem: str = field(repr=False)


def require_valid(material: TlsMaterial, host: str) -> None:
    """Raise InputError unless key and certificate belong together and the certificate is good for `host` today.

    `host` is empty when the answers name none: then no name is checked. No message carries anything of the key.
    """
    leaf = _CERTIFICATE.search(material.chain_pem)
    if leaf is None:
        _refuse("certificate", "there is no certificate in it", "give PEM text: -----BEGIN CERTIFICATE----- …")
    key = _KEY.search(material.key_pem)
    if key is None:
        _refuse("key", "there is no private key in it", "give PEM text: -----BEGIN PRIVATE KEY----- …")
    if "ENCRYPTED" in key.group(0):
        _refuse(
            "key",
            "the private key is encrypted",
            "decrypt it: openssl pkey -in KEY; the secret's own encryption protects it",
        )
    if len(material.chain_pem.encode()) + len(material.key_pem.encode()) > _LARGEST:
        _refuse(
            "certificate",
            f"chain and key are larger than {_LARGEST} bytes",
            "give the chain and the key only, no bundle",
        )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _load(server, material)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = bool(host)
    # The certificate itself is the anchor: whether its authority is trusted is for the clients' machines to say.
    client.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    client.load_verify_locations(cadata=leaf.group(0))
    _handshake(server, client, host)


def _load(context: ssl.SSLContext, material: TlsMaterial) -> None:
    with _in_memory(material.chain_pem) as chain, _in_memory(material.key_pem) as key:
        try:
            context.load_cert_chain(chain, key, password=_no_password)
        except ssl.SSLError as error:
            _refuse("key", f"the key is not this certificate's, or one of them is damaged ({error.reason})", _OWN_KEY)
        except OSError:
            # Reading from a pipe, OpenSSL's own reason is lost to the pipe's "illegal seek".
            _refuse("key", "the key is not this certificate's, or one of them is damaged", _OWN_KEY)


def _no_password() -> bytes:
    """Answer for the terminal: OpenSSL would ask there for the password of an encrypted key."""
    return b""


@contextmanager
def _in_memory(text: str) -> Iterator[str]:
    """Give a path that OpenSSL can read `text` from, although nothing is written anywhere."""
    data = f"{text.strip()}\n".encode()
    if hasattr(os, "memfd_create"):
        handle = os.memfd_create("planewright")
        _write_all(handle, data)
        os.lseek(handle, 0, os.SEEK_SET)
    else:
        handle, writing = os.pipe()
        os.set_blocking(writing, False)
        try:
            _write_all(writing, data)
        finally:
            os.close(writing)
    try:
        yield f"/dev/fd/{handle}"
    finally:
        os.close(handle)


def _write_all(handle: int, data: bytes) -> None:
    while data:
        data = data[os.write(handle, data) :]


def _handshake(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> None:
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_side=False, server_hostname=host or None),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    open_ends = set(range(2))
    # TLS 1.3 takes two flights; more rounds than this mean that neither side has anything left to say.
    for _ in range(10):
        for index in sorted(open_ends):
            try:
                ends[index].do_handshake()
                open_ends.discard(index)
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError as error:
                _refuse(
                    "certificate",
                    f"the certificate is not good for {host or 'this'}: {error.verify_message}",
                    "give one that is valid today and names the proxy's host (proxy.host)",
                )
            except ssl.SSLError as error:
                _refuse(
                    "certificate", f"certificate and key do not work: {error.reason}", "give the certificate's own key"
                )
        if not open_ends:
            return
    _refuse("certificate", "certificate and key do not complete a TLS handshake", "give another pair")


def _refuse(path: str, what: str, remedy: str) -> NoReturn:
    raise InputError("the proxy's certificate cannot be used", (Problem(f"proxy tls {path}", what, remedy),))
