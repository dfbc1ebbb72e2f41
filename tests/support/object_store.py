"""An object store over real HTTP: the two calls of S3 that reading a prefix needs.

As Amazon's "ListObjectsV2" and "GetObject" describe them, in pages of two keys.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

BUCKET = "bucket"
_PAGE = 2


class ObjectStore:
    """Objects by key; `fetched` are the keys that were read, `refuse` a code to answer with.

    After a listing, the objects of `meanwhile` stand in place of those that were there.
    """

    def __init__(self, port: int) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self.objects: dict[str, bytes] = {}
        self.meanwhile: dict[str, bytes] = {}
        self.fetched: list[str] = []
        self.refuse = ""

    def page(self, prefix: str, after: str) -> str:
        """One page of a listing."""
        keys = sorted(key for key in self.objects if key.startswith(prefix) and key > after)
        shown = keys[:_PAGE]
        entries = "".join(
            f"<Contents><Key>{escape(key)}</Key><LastModified>2026-01-02T03:04:05.000Z"
            f"</LastModified><ETag>{tag(self.objects[key])}</ETag>"
            f"<Size>{len(self.objects[key])}</Size></Contents>"
            for key in shown
        )
        end = "<IsTruncated>false</IsTruncated>"
        if len(keys) > len(shown):
            token = f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>"
            end = f"<IsTruncated>true</IsTruncated>{token}"
        return f"<ListBucketResult>{end}{entries}</ListBucketResult>"


def tag(content: bytes) -> str:
    """What tells these bytes from others."""
    return f'"{hashlib.md5(content).hexdigest()}"'


@contextmanager
def object_store() -> Iterator[ObjectStore]:
    """A store that answers while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            address = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(address.query).items()}
            key = unquote(address.path).removeprefix(f"/{BUCKET}").removeprefix("/")
            if store.refuse:
                self._send(403, f"<Error><Code>{store.refuse}</Code></Error>".encode())
            elif not key:
                page = store.page(asked.get("prefix", ""), asked.get("continuation-token", ""))
                self._send(200, page.encode())
                if "<IsTruncated>false" in page:
                    store.objects |= store.meanwhile
            elif self.headers["If-Match"] not in {None, tag(store.objects[key])}:
                self._send(412, b"<Error><Code>PreconditionFailed</Code></Error>")
            else:
                store.fetched.append(key)
                self._send(200, store.objects[key])

        def _send(self, status: int, content: bytes) -> None:
            self.send_response(status)
            self.send_header("ETag", tag(content))
            self.send_header("Last-Modified", "Fri, 02 Jan 2026 03:04:05 GMT")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        store = ObjectStore(server.server_port)
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield store
        finally:
            server.shutdown()
            thread.join()
