"""A small server that speaks clamd's INSTREAM over real TCP, for tests of its client."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager

MALWARE = b"this is malware"


class Clamd(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    most_bytes = 10**9
    garbled = False


class Handler(socketserver.StreamRequestHandler):
    server: Clamd

    def handle(self) -> None:
        if self.rfile.read(10) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        content = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            content += self.rfile.read(size)
            if len(content) > self.server.most_bytes:
                self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
                return
        found = b"stream: Test-Malware FOUND\0" if MALWARE in content else b"stream: OK\0"
        self.wfile.write(b"??" if self.server.garbled else found)


@contextmanager
def clamd(*, most_bytes: int = 10**9, garbled: bool = False) -> Iterator[str]:
    """The address of a server that runs while the block does."""
    with Clamd(("127.0.0.1", 0), Handler) as server:
        server.most_bytes, server.garbled = most_bytes, garbled
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"tcp://127.0.0.1:{server.server_address[1]}"
        finally:
            server.shutdown()
            thread.join()
