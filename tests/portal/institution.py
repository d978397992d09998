"""A small OpenID Connect server that really listens, for tests of signing in through an institution."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

CLIENT, SECRET = "gatehouse", "a secret between the two"


class Institution:
    """Who is signed in there at the moment (`says`), and what was handed out."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.says: dict[str, Any] = {}
        self.codes: dict[str, dict[str, str]] = {}
        self.tokens: dict[str, dict[str, Any]] = {}

    def configuration(self) -> dict[str, Any]:
        pages = {f"{name}_endpoint": f"{self.address}/{name}" for name in ("authorization", "token", "userinfo")}
        methods = {"token_endpoint_auth_methods_supported": ["client_secret_post"]}
        return {"issuer": self.address, "jwks_uri": f"{self.address}/keys", **pages, **methods}

    def authorise(self, asked: dict[str, str]) -> str:
        """Whoever is signed in there agrees; the address that the browser is sent to."""
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def exchange(self, form: dict[str, str]) -> dict[str, Any] | None:
        """Tokens for a code that was handed out, once, to the client that asked and knows the verifier."""
        asked = self.codes.pop(form.get("code", ""), None)
        verifier = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if asked is None or form.get("client_secret") != SECRET or asked["code_challenge"] != challenge:
            return None
        access = secrets.token_urlsafe(16)
        self.tokens[access] = self.says
        claims = {"iss": self.address, "aud": CLIENT, "exp": 4_000_000_000, "iat": 1_700_000_000, **self.says}
        identity = jwt.encode(claims, secrets.token_hex(32), "HS256")
        return {"access_token": access, "token_type": "Bearer", "id_token": identity}


class Handler(BaseHTTPRequestHandler):
    institution: Institution

    def do_GET(self) -> None:
        place = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(place.query).items()}
        if place.path == "/.well-known/openid-configuration":
            self.answer(self.institution.configuration())
        elif place.path == "/authorization" and asked["client_id"] == CLIENT:
            self.send_response(302)
            self.send_header("Location", self.institution.authorise(asked))
            self.end_headers()
        elif place.path == "/userinfo":
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            known = self.institution.tokens.get(token)
            self.answer(known or {}, 200 if known else 401)
        else:
            self.answer({}, 404)

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        tokens = self.institution.exchange({name: values[0] for name, values in form.items()})
        self.answer(tokens or {"error": "invalid_grant"}, 200 if tokens else 400)

    def answer(self, what: dict[str, Any], status: int = 200) -> None:
        body = json.dumps(what).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests are quiet."""


@contextmanager
def listening() -> Iterator[Institution]:
    """An institution that answers on a port of its own until the end of the block."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Handler.institution = Institution(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Handler.institution
    server.shutdown()
    thread.join()
    server.server_close()
