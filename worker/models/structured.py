"""Structured output: how a reply is asked for as JSON, and read."""

from __future__ import annotations

import json
from typing import Any, Literal

from pydantic import BaseModel, ValidationError

Format = Literal["json_schema", "json_object", "text"]
#: Ways to ask for JSON, best first. Servers that know less turn the better ones down.
FORMATS: tuple[Format, ...] = ("json_schema", "json_object", "text")

_MOST_CHARACTERS = 4000
_MOST_PROBLEMS = 5
# Keywords of a schema that strict output does not take.
_UNWANTED = frozenset({"title", "default"})


def response_format(schema: type[BaseModel], how: Format) -> dict[str, Any]:
    """The `response_format` member of a request."""
    if how != "json_schema":
        return {"type": how}
    wanted = {"name": schema.__name__, "strict": True, "schema": strict_schema(schema)}
    return {"type": how, "json_schema": wanted}


def asked(messages: list[dict[str, Any]], schema: type[BaseModel], how: Format) -> list[Any]:
    """The messages to send; without strict output the schema is put into the first of them."""
    if how == "json_schema":
        return messages
    wanted = json.dumps(strict_schema(schema), ensure_ascii=False)
    first, *rest = messages
    content = f"{first['content']}\n\nReply with one JSON object, valid by this schema:\n{wanted}"
    return [{**first, "content": content}, *rest]


def strict_schema(schema: type[BaseModel]) -> dict[str, Any]:
    """The JSON schema as strict output wants it: every property required, no others allowed."""
    strict: dict[str, Any] = _strict(schema.model_json_schema())
    return strict


def _strict(node: Any) -> Any:
    if isinstance(node, list):
        return [_strict(each) for each in node]
    if not isinstance(node, dict):
        return node
    made = {name: _strict(value) for name, value in node.items() if name not in _UNWANTED}
    properties = node.get("properties")
    if isinstance(properties, dict):
        # Property names are not keywords: one called "title" stays.
        made["properties"] = {name: _strict(value) for name, value in properties.items()}
        made["required"] = list(properties)
        made["additionalProperties"] = False
    return made


def json_in(text: str) -> str:
    """The JSON object in a reply that may think aloud first, or fence it as code."""
    said = text.rpartition("</think>")[2]
    start, end = said.find("{"), said.rfind("}")
    return said[start : end + 1] if 0 <= start < end else said


def problem(error: ValueError) -> str:
    """What is wrong with a reply, in words that help to correct it."""
    if not isinstance(error, ValidationError):
        return str(error)
    found = error.errors(include_url=False, include_input=False, include_context=False)
    lines = [
        f"{'.'.join(str(at) for at in each['loc']) or 'reply'}: {each['msg']}"
        for each in found[:_MOST_PROBLEMS]
    ]
    return "; ".join(lines)


def correction(reply: str, wrong: str) -> list[dict[str, Any]]:
    """The messages that show the model its invalid reply and what is wrong with it."""
    wish = {"problem": wrong, "wish": "Send the whole JSON object again, corrected."}
    user = {"role": "user", "content": json.dumps(wish, ensure_ascii=False)}
    # Some servers turn down an empty message.
    if not reply.strip():
        return [user]
    return [{"role": "assistant", "content": reply[:_MOST_CHARACTERS]}, user]
