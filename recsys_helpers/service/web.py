"""Answers by HTTP (tornado): a body that is bounded, a page that runs nothing from elsewhere, refusals as sentences.

It knows no league and no model: each server writes its own answers on this one.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import tornado.httpserver
import tornado.web

from recsys_helpers.service.sent import Refused, too_large

THROWN = 512_000_000  # bytes of a body that are read, and thrown away, before the line is cut
POLICY = "; ".join(
    [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "base-uri 'none'",
        "form-action 'none'", "frame-ancestors 'none'",
    ]
)  # fmt: skip


@tornado.web.stream_request_body
class Answer(tornado.web.RequestHandler):
    """One question and its answer. A body that is too large is read to its end, or its sender would not hear why.

    ``most`` : bytes of a body. ``what`` : what a body is to be, for sentences. ``lost``, ``failed`` : what is said
    where there is nothing, and where the server could not answer.
    """

    most = 1_000_000
    what = "a body"
    lost = "There is nothing here."
    failed = "This could not be answered; ask again."

    def initialize(self) -> None:
        """Nothing has arrived yet."""
        self.parts: list[bytes] = []
        self.size = 0

    def set_default_headers(self) -> None:
        """Nothing is kept by a browser, nothing comes from elsewhere, nothing runs that is written into a page."""
        self.set_header("Content-Security-Policy", POLICY)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("X-Frame-Options", "DENY")
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        self.clear_header("Server")

    def data_received(self, chunk: bytes) -> None:
        """Keep what a body may hold, and no more."""
        self.size += len(chunk)
        if self.size <= self.most:
            self.parts.append(chunk)
        else:
            self.parts = []

    def body(self) -> bytes:
        """What was sent, unpacked; raises Refused where it is too large, packed or not."""
        if self.size > self.most:
            raise too_large(self.most, self.what)
        data = b"".join(self.parts)
        packing = self.request.headers.get("Content-Encoding", "identity").strip().lower()
        if packing == "identity":
            return data
        if packing != "gzip":
            raise Refused(f"{self.what[0].upper()}{self.what[1:]} is JSON, as it is or in gzip.", 415)
        unpacker = zlib.decompressobj(31)
        try:
            text = unpacker.decompress(data, self.most + 1)
        except zlib.error:
            raise Refused("This is no gzip, or not the whole of it.") from None
        if len(text) > self.most:
            raise too_large(self.most, self.what)
        if not unpacker.eof:
            raise Refused("This is no gzip, or not the whole of it.")
        return text

    def status_of(self, refused: Refused) -> int:
        """The number of the answer to what is refused."""
        return refused.status

    def write_error(self, status_code: int, **more: Any) -> None:
        """The sentence of what was refused; of anything else, that it is not the asker's fault."""
        error = (more.get("exc_info") or (None, None))[1]
        if isinstance(error, Refused):
            self.set_status(self.status_of(error))
            sentence = str(error)
        elif status_code in (404, 405):
            sentence = self.lost
        elif status_code == 400:
            sentence = "What was asked is no text in UTF-8."
        else:
            sentence = self.failed
        self.send({"error": sentence})

    def log_exception(self, typ: Any, value: Any, tb: Any) -> None:
        """What was refused is no fault, and no line of the log."""
        if not isinstance(value, Refused):
            super().log_exception(typ, value, tb)

    def send(self, value: object) -> None:
        """Answer with JSON."""
        self.set_header("Content-Type", "application/json; charset=utf-8")
        self.finish(json.dumps(value, ensure_ascii=False))

    def send_file(self, path: Path, kind: str) -> None:
        """Answer with a file of text, as it is."""
        self.set_header("Content-Type", f"{kind}; charset=utf-8")
        self.finish(path.read_bytes())


def listening_later(application: tornado.web.Application) -> tornado.httpserver.HTTPServer:
    """A server that is not listening yet, which reads what is too large to its end."""
    return tornado.httpserver.HTTPServer(
        application,
        max_body_size=THROWN,
        chunk_size=65_536,
        body_timeout=300,
        max_header_size=16_384,
    )
