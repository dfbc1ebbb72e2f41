"""The datasets people may ask about."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, jsonify

from api.problems import Problem
from api.services import services
from shared.datasets import Profile

blueprint = Blueprint("datasets", __name__)


@blueprint.get("/api/datasets")
def index() -> Response:
    """All datasets, briefly."""
    return jsonify(datasets=[brief(profile) for profile in services().catalogue.all().values()])


@blueprint.get("/api/datasets/<dataset_id>")
def show(dataset_id: str) -> Response:
    """One dataset's profile and sample rows."""
    profile = profile_or_404(dataset_id)
    return jsonify(profile.model_dump(exclude={"columns": {"__all__": {"values"}}}))


def brief(profile: Profile) -> dict[str, Any]:
    """What a list of datasets says of each."""
    return {
        "id": profile.id,
        "title": profile.title,
        "description": profile.description,
        "rows": profile.rows,
        "columns": len(profile.columns),
        "version": profile.version,
    }


def profile_or_404(dataset_id: str) -> Profile:
    """The profile; raises Problem 404 that names what there is."""
    profile = services().catalogue.get(dataset_id)
    if profile is None:
        known = ", ".join(services().catalogue.all()) or "none yet"
        detail = f"There is no dataset '{dataset_id}'. There are: {known}."
        raise Problem(HTTPStatus.NOT_FOUND, detail, error="Unknown dataset")
    return profile
