"""A client of the malware scanner clamd: one command, INSTREAM, over TCP or a Unix socket.

Whatever is not a plain "no malware" leaves the file waiting, and so closed.
"""

from __future__ import annotations

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

from governance.projects.attaching import Scanned
from governance.projects.papers import Scan

SECONDS = 30.0
CHUNK = 64 * 1024
LONGEST_ANSWER = 4096
NOT_SET = "No malware scanner is set up."


def is_set() -> bool:
    return bool(settings.GATEHOUSE_CLAMD_URL)


def scanner(content: bytes) -> Scanned:
    """What clamd at GATEHOUSE_CLAMD_URL says of these bytes; `waiting`, with the reason, when it cannot say."""
    if not is_set():
        return Scanned(Scan.WAITING, NOT_SET)
    try:
        return read_answer(ask(settings.GATEHOUSE_CLAMD_URL, content))
    except (OSError, ValueError):
        return Scanned(Scan.WAITING, "The malware scanner could not be reached.")


def ask(url: str, content: bytes) -> str:
    """clamd's answer. Raises OSError, or ValueError for an address that is none (tcp://host:3310, unix:///path)."""
    with connected(url) as stream:
        try:
            stream.sendall(b"zINSTREAM\0")
            for start in range(0, len(content), CHUNK):
                piece = content[start : start + CHUNK]
                stream.sendall(struct.pack("!L", len(piece)) + piece)
            stream.sendall(struct.pack("!L", 0))
        except (BrokenPipeError, ConnectionResetError):
            pass  # too large for it: it has said so and hung up, and the answer can still be read
        answer = b""
        while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
            piece = stream.recv(1024)
            if not piece:
                break
            answer += piece
    return answer.rstrip(b"\0").decode("utf-8", "replace").strip()


def connected(url: str) -> socket.socket:
    parts = urlsplit(url)
    if parts.scheme == "tcp" and parts.hostname:
        return socket.create_connection((parts.hostname, parts.port or 3310), timeout=SECONDS)
    if parts.scheme == "unix" and parts.path:
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        stream.settimeout(SECONDS)
        stream.connect(parts.path)
        return stream
    raise ValueError("GATEHOUSE_CLAMD_URL is tcp://host:port or unix:///path.")


def read_answer(answer: str) -> Scanned:
    """ "stream: OK" alone is clean; "stream: <name> FOUND" is not; anything else says nothing of the file."""
    if answer == "stream: OK":
        return Scanned(Scan.CLEAN)
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        return Scanned(Scan.INFECTED, answer.removeprefix("stream: ").removesuffix(" FOUND"))
    if "size limit exceeded" in answer:
        return Scanned(Scan.WAITING, "The file is too large for the malware scanner.")
    return Scanned(Scan.WAITING, "The malware scanner gave no answer that says it is clean.")
