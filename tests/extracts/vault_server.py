"""A server that speaks the part of Vault's HTTP interface that the key ring uses, as its documentation and source say.

The key-value engine, version 2 (developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2; the source of
hashicorp/vault-plugin-secrets-kv settles what the pages leave open), and the login of AppRole. It keeps what it is
given in memory, and can be sealed, broken and without rights, as a real one can.
"""

from __future__ import annotations

import json
import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOKEN = "hvs.a-token-that-must-never-be-shown"
ROLE_ID, SECRET_ID = "the-role-id", "the-secret-id-that-must-never-be-shown"
WRONG_CAS = "check-and-set parameter did not match the current version"


@dataclass
class Entry:
    """One path: its versions by number (None when deleted or destroyed), and what became of each."""

    current: int = 0
    versions: dict[int, dict | None] = field(default_factory=dict)
    destroyed: set[int] = field(default_factory=set)
    deleted: set[int] = field(default_factory=set)


@dataclass
class Vault:
    """What the server keeps, and what a test does to it. `refused` is a pattern of what the token's policy lacks."""

    entries: dict[str, Entry] = field(default_factory=dict)
    sealed: bool = False
    refused: str = ""
    answer_with: int = 0
    asked: list[tuple[str, str]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)
    address: str = ""

    def answer(self, method: str, path: str, body: dict, token: str) -> tuple[int, dict | None]:
        """Status and JSON; None for an empty body."""
        with self.lock:
            self.asked.append((method, path))
            if self.answer_with:
                return self.answer_with, {"errors": ["internal error"]}
            if self.sealed:
                return 503, {"errors": ["Vault is sealed"]}
            if path == "auth/approle/login":
                return self._login(body)
            if token != TOKEN or (self.refused and re.search(self.refused, f"{method} {path}")):
                return 403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]}
            mount, _, rest = path.partition("/")
            verb, _, name = rest.partition("/")
            handler = getattr(self, f"_{method.lower()}_{verb}", None) if mount == "secret" else None
            if handler is None:
                return 404, {"errors": [f"no handler for route '{path}'"]}
            return handler(name, body)

    def _login(self, body: dict) -> tuple[int, dict]:
        if (body.get("role_id"), body.get("secret_id")) != (ROLE_ID, SECRET_ID):
            return 400, {"errors": ["invalid role or secret ID"]}
        return 200, {"auth": {"client_token": TOKEN, "lease_duration": 3600, "renewable": True}}

    def _get_data(self, name: str, body: dict) -> tuple[int, dict]:
        entry = self.entries.get(name)
        if entry is None or not entry.current:
            return 404, {"errors": []}
        number = entry.current
        about = {
            "version": number, "created_time": "2026-01-01T00:00:00Z", "custom_metadata": None,
            "deletion_time": "2026-01-02T00:00:00Z" if number in entry.deleted else "",
            "destroyed": number in entry.destroyed,
        }  # fmt: skip
        gone = number in entry.deleted | entry.destroyed
        data = None if gone else entry.versions[number]
        return 404 if gone else 200, {"data": {"data": data, "metadata": about}}

    def _post_data(self, name: str, body: dict) -> tuple[int, dict]:
        entry = self.entries.setdefault(name, Entry())
        cas = body.get("options", {}).get("cas")
        if cas is not None and cas != entry.current:
            return 400, {"errors": [WRONG_CAS]}
        entry.current += 1
        entry.versions[entry.current] = body["data"]
        return 200, {"data": {"version": entry.current, "destroyed": False, "deletion_time": ""}}

    def _delete_data(self, name: str, body: dict) -> tuple[int, None]:
        entry = self.entries[name]
        entry.deleted.add(entry.current)
        return 204, None

    def _post_destroy(self, name: str, body: dict) -> tuple[int, dict | None]:
        if not body.get("versions"):
            return 400, {"errors": ["no version number provided"]}
        if entry := self.entries.get(name):
            for number in body["versions"]:
                entry.destroyed.add(number)
                entry.versions[number] = None
        return 204, None


class Handler(BaseHTTPRequestHandler):
    """Takes a request apart, asks the server's `vault`, and sends its answer."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body of an answer leave together

    def _serve(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        path = self.path.removeprefix("/v1/").partition("?")[0]
        status, answer = self.server.vault.answer(self.command, path, body, self.headers.get("X-Vault-Token", ""))
        content = b"" if answer is None else json.dumps(answer).encode()
        self.send_response(status)
        if content:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def log_message(self, *args: object) -> None:
        """Nothing: tests look at what the key ring logs."""


@contextmanager
def running(tls=None):
    """A server on a free port of this machine, spoken to over TLS when a context is given."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.vault = Vault()
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    server.vault.address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server.vault
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
