"""The server of docs/trainer-protocol.md."""

from __future__ import annotations

import hmac
import json
import os
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from apm_trainer import PROTOCOL, __version__
from apm_trainer.jobs.errors import Kind, TrainerError, classified
from apm_trainer.server.answering import Answering
from apm_trainer.server.jobs import Jobs

STATUS: dict[Kind, int] = {
    "bad-request": 400,
    "no-model": 400,
    "unsafe-weights": 400,
    "wrong-token": 401,
    "not-allowed": 403,
    "unknown": 404,
    "conflict": 409,
    "too-large": 413,
    "killed": 503,
    "out-of-memory": 503,
    "disk-full": 507,
}
_JOB = re.compile(r"/v1/jobs/([^/]+)(?:/(result|answers|probabilities|files)(?:/([^/]+))?)?")


class TrainerServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(
        self,
        address: tuple[str, int],
        jobs: Jobs,
        answering: Answering,
        device: dict[str, Any],
        token: str,
        most_bytes: int,
    ) -> None:
        super().__init__(address, Handler)
        self.jobs, self.answering, self.device = jobs, answering, device
        self.token, self.most_bytes = token, most_bytes


class Handler(BaseHTTPRequestHandler):
    server: TrainerServer
    protocol_version = "HTTP/1.1"
    server_version = "apm-trainer"
    sys_version = ""
    timeout = 600

    def do_GET(self) -> None:
        self._handle()

    def do_PUT(self) -> None:
        self._handle()

    def do_POST(self) -> None:
        self._handle()

    def do_DELETE(self) -> None:
        self._handle()

    def log_message(self, format: str, *args: Any) -> None:
        print(f"{self.log_date_time_string()} {format % args}", file=sys.stderr, flush=True)

    def _handle(self) -> None:
        try:
            body = self._body()
            self._authorize()
            self._send(200, self._answer(body))
        except ConnectionError:
            self.close_connection = True
        except Exception as error:
            said = classified(error)
            try:
                self._send(STATUS.get(said.kind, 500), {"error": said.record()})
            except ConnectionError:
                self.close_connection = True

    def _answer(self, body: bytes) -> Any:
        jobs, method = self.server.jobs, self.command
        if method == "GET" and self.path == "/v1/health":
            return {"name": "apm-trainer", "version": __version__, "protocol": PROTOCOL, **self.server.device}
        found = _JOB.fullmatch(self.path)
        if found is not None:
            key, part, name = found.groups()
            match (method, part, name):
                case ("PUT", None, None):
                    return jobs.put(key, _json(body))
                case ("GET", None, None):
                    return jobs.state(key)
                case ("DELETE", None, None):
                    return jobs.stop(key)
                case ("GET", "result", None):
                    return jobs.result(key)
                case ("GET", "files", str()):
                    return jobs.read_file(key, name)
                case ("PUT", "files", str()):
                    jobs.write_file(key, name, body)
                    return {}
                case ("POST", "answers", None):
                    return self.server.answering.ask(jobs.folder(key), "soft-prompt", _json(body))
                case ("POST", "probabilities", None):
                    return self.server.answering.ask(jobs.folder(key), "encoder-router", _json(body))
        raise TrainerError("unknown", f"{method} {self.path[:80]} is not served", "see docs/trainer-protocol.md")

    def _authorize(self) -> None:
        # A page in a browser must not give orders to a server on loopback.
        if self.headers.get("Origin") is not None:
            raise TrainerError("not-allowed", "requests of web pages are not served")
        token = self.server.token
        given = self.headers.get("Authorization", "")
        if token and not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
            raise TrainerError(
                "wrong-token", "the token is wrong or missing", "set APM_TRAINER_TOKEN to the server's, on both sides"
            )

    def _body(self) -> bytes:
        """Read before anything is refused, so that the connection stays usable; not if it is too large."""
        if self.headers.get("Transfer-Encoding") is not None:
            self.close_connection = True
            raise TrainerError("bad-request", "a body must come with its Content-Length")
        text = self.headers.get("Content-Length", "0")
        if not text.isdigit():
            self.close_connection = True
            raise TrainerError("bad-request", "Content-Length is no number")
        if int(text) > self.server.most_bytes:
            self.close_connection = True
            raise TrainerError(
                "too-large",
                f"a body of {text} bytes; {self.server.most_bytes} are taken",
                "start with a larger --max-mib",
            )
        body = self.rfile.read(int(text))
        if len(body) < int(text):
            raise ConnectionError("the body was cut off")
        return body

    def _send(self, status: int, value: Any) -> None:
        content = value if isinstance(value, bytes) else json.dumps(value, ensure_ascii=False).encode()
        kind = "application/octet-stream" if isinstance(value, bytes) and value[:1] != b"{" else "application/json"
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (json.JSONDecodeError, UnicodeDecodeError) as cause:
        raise TrainerError("bad-request", f"the body is not JSON: {cause}") from cause


def token_of_environment() -> str:
    return os.environ.get("APM_TRAINER_TOKEN", "")
