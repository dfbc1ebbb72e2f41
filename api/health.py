"""Liveness and readiness, for people and orchestrators."""

from __future__ import annotations

from http import HTTPStatus

from flask import Blueprint, Response, jsonify

from api.services import services
from shared.errors import Unavailable
from shared.workers import living

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return jsonify(status="ok")


@blueprint.get("/readyz")
def readyz() -> tuple[Response, int]:
    """Ready when the store is reachable and a worker is seen; else 503 with what is missing."""
    made = services()
    try:
        workers = living(made.store, made.settings)
    except Unavailable:
        return jsonify(status="unavailable", missing=["valkey"]), HTTPStatus.SERVICE_UNAVAILABLE
    if not workers:
        return jsonify(status="unavailable", missing=["worker"]), HTTPStatus.SERVICE_UNAVAILABLE
    return jsonify(status="ok", workers=workers), HTTPStatus.OK
