"""Name parts: "wines whose name contains Old Vines", "songs with Rain in the title"."""

from __future__ import annotations

from collections.abc import Iterator

from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.value_index import Value
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import Token

_HAVING = {
    "contains": "contains", "contain": "contains", "containing": "contains",
    "starts": "starts_with", "start": "starts_with", "starting": "starts_with",
    "begins": "starts_with", "begin": "starts_with", "beginning": "starts_with",
    "ends": "ends_with", "end": "ends_with", "ending": "ends_with",
}  # fmt: skip
_NAMES = frozenset({"name", "names", "title", "titles"})
_WHOSE = frozenset({"whose", "where", "with", "a", "the", "that", "has", "have", "their", "its",
                    "in"})  # fmt: skip


def name_parts(tokens: list[Token], vocab: Vocabulary) -> Iterator[tuple[int, int, Value]]:
    """Parts of names that rows are to have: (start, end, what of which column).

    What is said after such a verb goes to the end of the question, or of its quotation marks; what
    is said before "in the name" is one word, or quoted.
    """
    words = [token.lower for token in tokens]
    for at, word in enumerate(words):
        operator = _HAVING.get(word)
        noun = at - 1 - (words[at - 1 : at] == ["that"])
        column = _column(tokens[noun], vocab) if operator and noun >= 0 else None
        part = at + 1 + (words[at + 1 : at + 2] == ["with"])
        if (
            operator
            and column
            and part < len(tokens)
            and (operator == "contains") != (part > at + 1)
        ):
            end = part + 1 if tokens[part].text[0] in '"“' else len(tokens)
            said = " ".join(token.text.strip('"“”') for token in tokens[part:end])
            yield _start(words, noun), end, Value(column, said, whole=False, operator=operator)
            return
        named = word in _NAMES or tokens[at].stem in vocab.spelled
        inside = (
            named and words[at - 2 : at - 1] == ["in"] and words[at - 1] in {"the", "their", "its"}
        )
        column = (
            _column(tokens[at], vocab)
            if inside and at >= len(("with", "Rain", "in", "the"))
            else None
        )
        if column and words[at - 4] in {"with", "have", "has"}:
            said = tokens[at - 3].text.strip('"“”')
            yield at - 4, at + 1, Value(column, said, whole=False)


def _column(noun: Token, vocab: Vocabulary) -> str | None:
    """The text column that a noun names; "name" or "title" that of what each row is called."""
    texts = [column.name for column in vocab.of_type("text")]
    said = [name for name in texts if vocab.columns[name] == {lexicon().canon(noun.stem)}]
    if not said and noun.lower in _NAMES:
        said = [name for name in texts if vocab.is_unique(name) and name not in vocab.labels]
        said = [name for name in said if name not in vocab.identifiers] or said
        called = [name for name in texts if vocab.columns[name] <= vocab.title]
        said = said if len(said) == 1 else called
    return said[0] if len(said) == 1 else None


def _start(words: list[str], noun: int) -> int:
    """Where the phrase begins whose noun stands at `noun`: with its "whose"."""
    at = noun
    while at > 0 and words[at - 1] in _WHOSE:
        at -= 1
    return at
