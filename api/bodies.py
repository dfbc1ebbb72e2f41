"""Bodies of requests: JSON, checked against a model."""

from __future__ import annotations

from http import HTTPStatus
from typing import TypeVar

from flask import request
from pydantic import BaseModel

from api.problems import Problem

Body = TypeVar("Body", bound=BaseModel)


def parsed(model: type[Body]) -> Body:
    """The request's body; raises Problem 415 or ValidationError for anything else."""
    if request.content_type != "application/json" and not request.is_json:
        raise Problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "Send JSON: Content-Type application/json")
    # Of a known length it is read in one go; to find the end, werkzeug sets aside 64 KiB twice.
    length = request.content_length
    return model.model_validate_json(request.stream.read(length) if length else request.get_data())
