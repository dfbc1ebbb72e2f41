"""The chat model of the settings."""

from __future__ import annotations

from shared.settings import Settings
from worker.models.chat import ChatModel


def chat_model(settings: Settings) -> ChatModel | None:
    """The model, or None when neither a key nor a server is set.

    Only then is OpenAI's SDK loaded: 0.5 s and 16 MiB, which a worker without a model is spared.
    """
    if settings.openai_api_key is None and settings.openai_base_url is None:
        return None
    from worker.models.openai_chat import OpenAIChat  # noqa: PLC0415 - see above

    return OpenAIChat.from_settings(settings)
