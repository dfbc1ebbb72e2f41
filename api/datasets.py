"""The tables people may ask about: those of the datasets directory, and everybody's own."""

from __future__ import annotations

import shutil
from http import HTTPStatus
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from api import auth
from api.bodies import parsed
from api.problems import Problem
from api.services import services
from shared.datasets import Column, Profile
from shared.uploads import SUFFIXES

blueprint = Blueprint("datasets", __name__)

MOST_SYNONYMS = 50
#: What only the whole profile says of a column.
DETAILS = {"values", "histogram", "quantiles", "deviation", "grain", "longest", "estimated"}

Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000)]
Words = Annotated[list[Line], Field(max_length=MOST_SYNONYMS)]


class Said(BaseModel):
    """What somebody says about a column; what is left out stays as it is."""

    model_config = ConfigDict(strict=True, extra="forbid")

    description: Text | None = None
    unit: Annotated[str, StringConstraints(strip_whitespace=True, max_length=50)] | None = None
    synonyms: Words | None = None


class Change(BaseModel):
    """The body of `PATCH /api/datasets/<id>`; what is left out stays as it is."""

    model_config = ConfigDict(strict=True, extra="forbid")

    title: Line | None = None
    description: Text | None = None
    synonyms: Words | None = None
    columns: dict[str, Said] = {}


@blueprint.get("/api/datasets")
def index() -> Response:
    """All tables the caller may ask about, briefly, and what they may upload."""
    settings = services().settings
    return jsonify(
        datasets=[brief(profile) for profile in services().catalogue.all(auth.owner()).values()],
        upload={
            "limit_bytes": settings.upload_limit_mb << 20,
            "most_tables": settings.uploads_per_owner,
            "suffixes": SUFFIXES,
        },
    )


@blueprint.get("/api/datasets/<dataset_id>")
def show(dataset_id: str) -> Response:
    """One table: its columns and sample rows."""
    return jsonify(shown(profile_or_404(dataset_id)))


@blueprint.get("/api/datasets/<dataset_id>/profile")
def profile(dataset_id: str) -> Response:
    """All that is known of one table, with histograms and how its file was read."""
    found = profile_or_404(dataset_id)
    return jsonify(found.model_dump(exclude={"columns": {"__all__": {"values"}}}))


@blueprint.patch("/api/datasets/<dataset_id>")
def change(dataset_id: str) -> Response:
    """Say what the caller's table and its columns are about."""
    own_or_problem(dataset_id)
    asked = parsed(Change)

    def changed(found: Profile | None) -> Profile:
        if found is None:
            raise missing(dataset_id)
        return with_said(found, asked)

    return jsonify(shown(services().catalogue.change(dataset_id, auth.owner(), changed)))


@blueprint.delete("/api/datasets/<dataset_id>")
def remove(dataset_id: str) -> tuple[str, int]:
    """Remove the caller's table and its rows; questions about it that are under way end."""
    own_or_problem(dataset_id)
    if not services().catalogue.drop(dataset_id, auth.owner()):
        raise missing(dataset_id)
    shutil.rmtree(services().settings.data_dir / "tables" / dataset_id, ignore_errors=True)
    return "", HTTPStatus.NO_CONTENT


def brief(found: Profile) -> dict[str, Any]:
    """What a list of datasets says of each."""
    return {
        "id": found.id,
        "title": found.title,
        "description": found.description,
        "rows": found.rows,
        "columns": len(found.columns),
        "version": found.version,
        "uploaded": found.uploaded,
    }


def shown(found: Profile) -> dict[str, Any]:
    """A table without the details of its profile."""
    return found.model_dump(exclude={"columns": {"__all__": DETAILS}})


def with_said(found: Profile, asked: Change) -> Profile:
    """The profile with what was said; raises Problem 422 for a column it does not have."""
    names = {column.name for column in found.columns}
    for name in asked.columns:
        if name not in names:
            detail = f'{found.title} has no column "{name}"; it has: {", ".join(sorted(names))}.'
            about = {"column": name}
            raise Problem(
                HTTPStatus.UNPROCESSABLE_ENTITY, detail, kind="unknown_column", about=about
            )
    columns = [with_words(column, asked.columns.get(column.name)) for column in found.columns]
    said = asked.model_dump(exclude={"columns"}, exclude_none=True)
    return found.model_copy(update={**said, "columns": columns})


def with_words(column: Column, said: Said | None) -> Column:
    """The column with what was said of it; an empty unit takes the unit away."""
    if said is None:
        return column
    update = said.model_dump(exclude_none=True)
    if "unit" in update:
        update["unit"] = update["unit"] or None
    return column.model_copy(update=update)


def profile_or_404(dataset_id: str) -> Profile:
    """The profile, if the caller may see it; raises Problem 404 that names what there is."""
    found = services().catalogue.get(dataset_id, auth.owner())
    if found is None:
        raise missing(dataset_id)
    return found


def own_or_problem(dataset_id: str) -> Profile:
    """The caller's own table; raises Problem 404, or 403 for one that belongs to all."""
    found = profile_or_404(dataset_id)
    if not found.uploaded:
        detail = f"{found.title} belongs to everybody here; only whoever runs this can change it."
        raise Problem(HTTPStatus.FORBIDDEN, detail, kind="not_yours")
    return found


def missing(dataset_id: str) -> Problem:
    """There is no such table, as far as the caller may know."""
    known = ", ".join(services().catalogue.all(auth.owner())) or "none yet"
    detail = f"There is no dataset '{dataset_id}'. There are: {known}."
    return Problem(HTTPStatus.NOT_FOUND, detail, kind="unknown_dataset", error="Unknown dataset")
