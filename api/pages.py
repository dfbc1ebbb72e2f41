"""The page and its files."""

from __future__ import annotations

import gzip
import re
from functools import lru_cache
from http import HTTPStatus
from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory

WEB = Path(__file__).resolve().parent.parent / "web"
CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data: blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    ]
)

#: What is worth compressing.
TEXTS = {".css", ".html", ".js", ".json", ".svg"}
#: The page's first module. Those it needs are asked for along with the page, not one after the
#: other as each names the next.
MAIN = "js/main.js"
IMPORT = re.compile(r"""(?:^|;)(?:import|export)\b[^;()]*?["'](\.[^"']+)["']""", re.MULTILINE)
MODULES_MARK = "<!-- modules -->"

blueprint = Blueprint("pages", __name__)


@blueprint.get("/")
@blueprint.get("/c/<conversation_id>")
def page(conversation_id: str = "") -> Response:  # noqa: ARG001 - the page reads it from its URL
    """The page; which conversation it shows is in its address."""
    html = (WEB / "index.html").read_text().replace(MODULES_MARK, preloads())
    response = Response(html, content_type="text/html; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.vary.add("Accept-Encoding")
    if request.accept_encodings["gzip"]:
        response.set_data(gzip.compress(html.encode(), mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


@blueprint.get("/static/<path:name>")
def static(name: str) -> Response:
    """A file of the page; kept by browsers only as long as it has not changed (ETag)."""
    return served(name)


@blueprint.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it unasked."""
    return served("favicon.svg")


def served(name: str) -> Response:
    """A file under `web/`, compressed for whoever takes that."""
    response = send_from_directory(WEB, name)
    path = WEB / name
    if path.suffix not in TEXTS:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code == HTTPStatus.OK and request.accept_encodings["gzip"]:
        response.direct_passthrough = False
        response.set_data(compressed(path, path.stat().st_mtime_ns))
        response.headers["Content-Encoding"] = "gzip"
        response.set_etag(response.get_etag()[0] or "", weak=True)
    return response


@lru_cache(maxsize=256)
def compressed(path: Path, _changed_ns: int) -> bytes:
    """A file's bytes in gzip, made once for each change of it."""
    return gzip.compress(path.read_bytes(), mtime=0)


@lru_cache(maxsize=256)
def imports(path: Path, _changed_ns: int) -> tuple[Path, ...]:
    """What a module imports at once; what it loads later, by `import()`, is not in it."""
    return tuple((path.parent / name).resolve() for name in IMPORT.findall(path.read_text()))


def preloads() -> str:
    """The modules that the page's first one needs, as links in its head."""
    found, left = list[Path](), [WEB / MAIN]
    while left:
        path = left.pop()
        if path not in found:
            found.append(path)
            left += imports(path, path.stat().st_mtime_ns)
    names = sorted(path.relative_to(WEB).as_posix() for path in found)
    return "\n    ".join(f'<link rel="modulepreload" href="/static/{name}" />' for name in names)
