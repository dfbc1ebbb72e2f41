"""A small table, a way to ask about it, and a chat model on a scripted server."""

from __future__ import annotations

from typing import Any, cast

import pytest
from pydantic import SecretStr

from shared.datasets import Column, Profile
from shared.settings import Settings
from tests.support.scripted_model import ScriptedModel
from tests.support.stop import HandStop
from worker.agent.context import Context
from worker.models.chat import ChatModel
from worker.models.openai_chat import OpenAIChat

KEY = "sk-very-secret-0123456789"


def chat_on(model: ScriptedModel, **settings: Any) -> OpenAIChat:
    """The chat model of settings that name this server."""
    given = {"openai_api_key": SecretStr(KEY), "openai_model": "test-model", **settings}
    return OpenAIChat.from_settings(Settings(openai_base_url=model.url, **given))


def context(question: str, profile: Profile, chat: ChatModel | None) -> Context:
    """What the planner sees of an attempt; it never queries."""
    return Context(
        question=question,
        dataset_id=profile.id,
        datasets={profile.id: profile},
        engine=cast("Any", None),
        chat=chat,
        emit=lambda *_: None,
        stop=HandStop(),
    )


def column(name: str, kind: Any, **more: Any) -> Column:
    """A column with the counts that do not matter here."""
    return Column(name=name, type=kind, **{"nulls": 0, "distinct": 5, **more})


@pytest.fixture
def weather() -> Profile:
    """A profile like that of seattle-weather."""
    kinds = ["drizzle", "fog", "rain", "snow", "sun"]
    return Profile(
        id="seattle-weather",
        title="Seattle weather",
        description="Daily weather in Seattle.",
        source="seattle-weather.csv",
        version="0" * 64,
        rows=1461,
        columns=[
            column("date", "date", minimum="2012-01-01", maximum="2015-12-31"),
            column("precipitation", "number", unit="mm", minimum=0.0, maximum=55.9),
            column("temp_max", "number", unit="°C", minimum=-1.6, maximum=35.6),
            column("weather", "text", values=kinds, top_values=[("rain", 641), ("sun", 640)]),
        ],
        sample=[],
    )
