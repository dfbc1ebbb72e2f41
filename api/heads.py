"""Reading the head of a request: an ordinary one is taken apart in one go.

gunicorn looks at a head line by line, which took longer than our own part of opening a stream. Here
two expressions find the parts. They accept less than gunicorn does, and what they do not accept
goes to gunicorn's parser as it came. What fields mean and may say is decided by gunicorn alone.
"""

from __future__ import annotations

import re

from gunicorn.http.message import Request

#: A field's name (RFC 9110, 5.6.2), without "_", about which gunicorn has a policy; and its value
#: (5.5), without control characters but tabs.
_NAME, _VALUE = r"[!#$%&'*+.^`|~0-9A-Za-z-]+", r"[^\x00-\x08\x0a-\x1f\x7f]*"
_fields = re.compile(rf"({_NAME}):({_VALUE})\r\n").findall
#: A line whose path begins with one slash and has no fragment, the fields, and the end.
_head = re.compile(
    r"(GET|HEAD|POST|PUT|PATCH|DELETE) (/(?!/)[!\"$-~]*) HTTP/1\.1\r\n"
    rf"((?:{_NAME}:{_VALUE}\r\n)*)\r\n"
).match
#: Fields that gunicorn has rules for, besides those in which a proxy tells the scheme.
_RULED = frozenset({"HOST", "CONTENT-TYPE", "EXPECT"})


class QuickRequest(Request):  # type: ignore[misc]  # gunicorn is untyped
    """gunicorn's request, whose head is read at once where it is ordinary."""

    def _parse_python(self, unreader: object, buf: bytearray) -> bytes:
        """Take the head off `buf`, reading on where it is not all there; returns what follows."""
        head = _head(buf.decode("latin-1"))
        # With the whole head within the limit of a line, so is each of its lines.
        if head is None or head.end() > min(self.limit_request_line, self.limit_request_field_size):
            return super()._parse_python(unreader, buf)  # type: ignore[no-any-return]
        method, uri, lines = head.groups()
        fields = _fields(lines)
        if len(fields) > self.limit_request_fields:
            return super()._parse_python(unreader, buf)  # type: ignore[no-any-return]
        path, _, query = str(uri).partition("?")
        self.method, self.uri, self.path, self.query = method, uri, path, query
        self.fragment, self.version = "", (1, 1)
        self.headers = self._kept(fields)
        return bytes(buf[head.end() :])

    def _kept(self, fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
        """The fields, those that gunicorn has rules for by its rules; raises what it raises."""
        told, found, state = self.cfg.secure_scheme_headers, [], [False]
        seen: set[str] = set()
        for said, padded in fields:
            name, value = said.upper(), padded.strip(" \t")
            if name in _RULED:
                self._apply_header_policy(name, value, state, seen, {}, [])
            elif name in told:
                trusted = self._peer_trusted_for_forwarded()
                self._apply_header_policy(name, value, state, seen, *trusted)
            found.append((name, value))
        return found
