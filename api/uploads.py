"""Sending a file that is to become a table: streamed to disk, checked, and made a job."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import unicodedata
from http import HTTPStatus
from pathlib import Path, PurePath
from typing import IO, Any

from flask import Blueprint, Response, jsonify, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import parse_form_data

from api import auth
from api.chat import KEY_CHARS, task_links
from api.datasets import own_or_problem
from api.problems import Problem
from api.services import services
from shared.jobs import Question
from shared.uploads import SUFFIXES, Upload

TITLE_CHARS = 200
#: The other fields of a form are words; they are held in memory, as is the piece being read.
FIELDS_BYTES = 256 * 1024
#: What the form puts around its file.
_FRAME_BYTES = 64 * 1024
_MOST_PARTS = 8
#: Room that is left on the disk, whatever is sent.
_SPARE_BYTES = 256 << 20

blueprint = Blueprint("uploads", __name__)


class Landing:
    """Where the one file of a form is written to, hashed as it comes."""

    def __init__(self, limit_bytes: int) -> None:
        self.path: Path | None = None
        self.name = ""
        self.size = 0
        self._limit_bytes = limit_bytes
        self._digest = hashlib.sha256()
        self._file: IO[bytes] | None = None

    @property
    def version(self) -> str:
        """The SHA-256 of what came."""
        return self._digest.hexdigest()

    def open(
        self,
        total_content_length: int | None,  # noqa: ARG002 - the parser's call
        content_type: str | None,  # noqa: ARG002
        filename: str | None,
        content_length: int | None = None,  # noqa: ARG002
    ) -> Any:
        """What the form's parser writes a file to; raises Problem for a second or unknown one."""
        if self._file is not None:
            raise Problem(HTTPStatus.BAD_REQUEST, "file: one at a time")
        self.name = PurePath((filename or "").replace("\\", "/")).name[:TITLE_CHARS]
        suffix = PurePath(self.name).suffix.lower()
        if suffix not in SUFFIXES:
            detail = f"file: its name must end in one of {', '.join(SUFFIXES)}"
            raise Problem(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                detail,
                kind="file_kind",
                about={"suffixes": SUFFIXES},
            )
        self.path = services().incoming.fresh(suffix)
        self._file = self.path.open("xb")
        return self

    def write(self, chunk: bytes) -> int:
        """Take the next bytes; raises RequestEntityTooLarge past the limit."""
        assert self._file is not None  # noqa: S101 - the parser writes to what it opened
        self.size += len(chunk)
        if self.size > self._limit_bytes:
            raise RequestEntityTooLarge
        self._digest.update(chunk)
        return self._file.write(chunk)

    def seek(self, _offset: int) -> int:
        """The parser's last word on a file: all of it has come."""
        self.close()
        return 0

    def close(self) -> None:
        """Nothing more comes."""
        if self._file is not None:
            self._file.close()

    def discard(self) -> None:
        """Nobody will read the file."""
        self.close()
        if self.path is not None:
            self.path.unlink(missing_ok=True)


@blueprint.post("/api/datasets")
def upload() -> tuple[Response, int]:
    """Take a file and have a worker make a table of it."""
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > KEY_CHARS:
        raise Problem(HTTPStatus.BAD_REQUEST, f"Idempotency-Key: at most {KEY_CHARS} characters")
    landing = Landing(check_room())
    try:
        sent = described(landing, received(landing))
        text = f"Read {sent.name}"
        question = Question(auth.owner(), text, sent.dataset_id, idempotency_key=key, upload=sent)
        accepted = services().jobs.accept(question)
    except BaseException:
        landing.discard()
        raise
    dataset_id = sent.dataset_id
    if accepted.known:
        landing.discard()
        job = services().jobs.load(accepted.job_id, auth.owner())
        dataset_id = job.dataset if job is not None else ""
    task = {
        "type": "task_started",
        "task_id": accepted.job_id,
        "status": "processing",
        "dataset_id": dataset_id,
        "links": {
            **task_links(accepted.job_id),
            "dataset": url_for("datasets.show", dataset_id=dataset_id),
        },
    }
    return jsonify(task), HTTPStatus.ACCEPTED


def check_room() -> int:
    """The most bytes a file may have; raises Problem before anything was read."""
    settings = services().settings
    limit_bytes = settings.upload_limit_mb << 20
    if request.mimetype != "multipart/form-data":
        detail = "Send a form: Content-Type multipart/form-data, with the file as `file`"
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail)
    length = request.content_length or 0
    if length > limit_bytes + _FRAME_BYTES:
        raise too_large()
    if services().catalogue.uploads(auth.owner()) >= settings.uploads_per_owner:
        detail = f"You may have {settings.uploads_per_owner} tables of your own; remove one first."
        about = {"most": settings.uploads_per_owner}
        raise Problem(HTTPStatus.CONFLICT, detail, kind="too_many_tables", about=about)
    services().incoming.sweep()
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    # The table that is made of a file takes room beside it until the file is removed.
    if shutil.disk_usage(settings.data_dir).free < 2 * length + _SPARE_BYTES:
        detail = "There is no room for this file here."
        raise Problem(HTTPStatus.INSUFFICIENT_STORAGE, detail, kind="no_room")
    return limit_bytes


def received(landing: Landing) -> dict[str, str]:
    """The words of the form, once the file is on the disk; raises Problem for anything else."""
    try:
        _, fields, files = parse_form_data(
            request.environ,
            stream_factory=landing.open,
            max_form_memory_size=FIELDS_BYTES,
            max_content_length=(services().settings.upload_limit_mb << 20) + _FRAME_BYTES,
            silent=False,
            max_form_parts=_MOST_PARTS,
        )
    except RequestEntityTooLarge:
        raise too_large() from None
    except ValueError as error:
        raise Problem(HTTPStatus.BAD_REQUEST, f"The form cannot be read: {error}") from None
    if landing.path is None or "file" not in files:
        raise Problem(HTTPStatus.BAD_REQUEST, "file: missing")
    if not landing.size:
        raise Problem(HTTPStatus.BAD_REQUEST, "file: it is empty", kind="file_empty")
    return fields.to_dict()


def too_large() -> Problem:
    """The file is over the limit."""
    limit_mb = services().settings.upload_limit_mb
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"file: at most {limit_mb:,} MB",
        kind="file_too_large",
        about={"most": limit_mb},
    )


def described(landing: Landing, fields: dict[str, str]) -> Upload:
    """The upload that the form describes; raises Problem."""
    assert landing.path is not None  # noqa: S101 - `received` has seen to it
    title = " ".join(fields.get("title", "").split())
    if len(title) > TITLE_CHARS:
        raise Problem(HTTPStatus.BAD_REQUEST, f"title: at most {TITLE_CHARS} characters")
    title = title or " ".join(re.sub(r"[-_\s]+", " ", PurePath(landing.name).stem).split())
    title = title[:1].upper() + title[1:]
    replaces = fields.get("dataset_id", "")
    return Upload(
        file=landing.path.name,
        name=landing.name,
        title=title,
        dataset_id=own_or_problem(replaces).id if replaces else fresh_id(title),
        version=landing.version,
        bytes=landing.size,
        replaces=bool(replaces),
    )


def fresh_id(title: str) -> str:
    """An id that says what the table is about, and that nobody else's table has."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:40].strip("-") or "table"
    return f"{slug}-{secrets.token_hex(4)}"
