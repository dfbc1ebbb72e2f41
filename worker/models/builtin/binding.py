"""Bindings: what each stretch of a question can mean in one table."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

from worker.models.builtin.lexicon import Sense, lexicon
from worker.models.builtin.measures import columns_of
from worker.models.builtin.name_parts import name_parts
from worker.models.builtin.named_columns import EXACT, PARTIAL, SYNONYM, named_columns
from worker.models.builtin.senses import sense_of
from worker.models.builtin.time_reader import read_times
from worker.models.builtin.times import Time
from worker.models.builtin.typos import meant
from worker.models.builtin.value_index import Value
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import Token, root, singular, stem, tokenize

_LONGEST_SPAN = 6
_MOST_READINGS = 24
_NEAR = 3
# What says nothing of its own where a column is called so.
_VERBS = frozenset({"pay", "direction"})
_WITHIN = frozenset({"in", "at", "from", "to", "near", "on"})
_ABOUT = frozenset({"in", "about", "of", "from", "for"})
# How sure a value is that is said by its root or in part, and a word with a typing mistake.
_ROOT, _CONTAINED, _TYPO = 0.96, 0.85, 0.85


@dataclass(frozen=True)
class Binding:
    """Tokens [start, end) and one meaning of them.

    `kind` is "column", "value", "time", "number", "entity", "title" or a kind of the lexicon;
    `columns` are the columns meant (several: the words do not tell which); `said` the words.
    """

    start: int
    end: int
    kind: str
    said: str
    score: float = EXACT
    columns: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()
    sense: Sense | None = None
    time: Time | None = None
    number: float | None = None
    typo: bool = False

    @property
    def name(self) -> str:
        """Which of its kind: "mean" of function, "gt" of comparator."""
        return self.sense.name if self.sense else ""


Reading = tuple[Binding, ...]


def readings(tokens: list[Token], vocab: Vocabulary) -> list[Reading]:
    """The ways to read the question, likeliest first; unbound tokens are simply missing.

    Longer stretches win over shorter ones; where one stretch has several meanings, each makes
    its own reading.
    """
    taken = [False] * len(tokens)
    spots: list[list[Binding]] = []
    codes = _codes(tokens, vocab)
    for start, end, part in name_parts(tokens, vocab):
        spots.append([Binding(start, end, "value", _said(tokens, start, end), values=(part,))])
        taken[start:end] = [True] * (end - start)
    timed = vocab.dates or vocab.years
    for start, end, time in read_times(tokens, windows=True) if timed else []:
        if codes & set(range(start, end)) or any(taken[start:end]):
            continue
        said = _said(tokens, start, end)
        spots.append([Binding(start, end, "time", said, time=time)])
        taken[start:end] = [True] * (end - start)
    for length in range(min(_LONGEST_SPAN, len(tokens)), 0, -1):
        for start in range(len(tokens) - length + 1):
            if any(taken[start : start + length]):
                continue
            options = _options(tokens, start, start + length, vocab)
            if options:
                spots.append(options)
                taken[start : start + length] = [True] * length
    spots += [
        [typo]
        for at in range(len(tokens))
        if not taken[at] and (typo := _corrected(tokens, at, vocab))
    ]
    spots.sort(key=lambda options: options[0].start)
    return list(itertools.islice(itertools.product(*spots), _MOST_READINGS))


def _codes(tokens: list[Token], vocab: Vocabulary) -> set[int]:
    """The tokens of values such as "SO-1042", in which a number is no year."""
    found: set[int] = set()
    for start in range(len(tokens) - 1):
        for end in range(start + 2, min(start + _LONGEST_SPAN, len(tokens)) + 1):
            span = tokens[start:end]
            numbered = any(token.number is not None for token in span)
            if numbered and _as_written(span, vocab.values.get(tuple(t.stem for t in span), [])):
                found |= set(range(start, end))
    return found


def _as_written(span: list[Token], values: list[Value]) -> list[Value]:
    """The texts among values that are these very words: "in 2023" is no "INS-2023"."""
    said = [token.lower for token in span]
    return [v for v in values if isinstance(v.value, str)
            and [token.lower for token in tokenize(v.value)] == said]  # fmt: skip


def _said(tokens: list[Token], start: int, end: int) -> str:
    text = "".join(f"{t.text}{'_' if t.glued else ' '}" for t in tokens[start:end])
    return text.rstrip("_ ")


def _options(tokens: list[Token], start: int, end: int, vocab: Vocabulary) -> list[Binding]:
    """The meanings of one stretch, likeliest first."""
    span = tokens[start:end]
    base = Binding(start, end, "", _said(tokens, start, end))
    if _names_table(tokens, start, end, vocab):
        return [replace(base, kind="title")]
    sense = sense_of(tokens, start, end, vocab)
    if sense and sense.kind == "measure":  # "how long" asks for the length
        columns = columns_of(vocab, sense)
        return [replace(base, kind="column", columns=columns)] if columns else []
    if sense and sense.kind == "amount" and any(_columns(base, span[:1], vocab)):
        return []  # "a quantity of 6" speaks of the quantity
    denies = sense and (sense.kind == "not" or (sense.kind == "list" and start == 0))
    # "No" denies, although a column may say yes or no; "list" is no "Listed".
    found = [] if denies else _of_table(base, tokens, vocab)
    if sense and sense.kind in _VERBS and found:
        sense = None
    strong = any(b.score >= SYNONYM for b in found)
    period = sense and sense.kind == "bucket" and vocab.dates
    figure = sense and sense.kind == "function" and end < len(tokens)
    if (period and not _says_so(base, found, vocab)) or (
        figure and named_columns(tokens[end : end + 1], vocab)[0]
    ):  # a vintage is no year of a table with dates; "total nights", though there is a "Total"
        found, strong = [], False
    if sense and strong and sense.kind == "bucket" and found[0].kind == "value":
        return [*found, replace(base, kind="bucket", sense=sense)]  # "day" may be a time of day
    if sense and not strong:
        found.insert(0, replace(base, kind=sense.kind, sense=sense))
        # "change" asks about change unless a column is called so.
        return [b for b in found if b.kind != "column"] if len(found) > 1 else found
    if found:
        return sorted(found, key=lambda b: -b.score)
    return _alone(base, tokens, vocab)


def _says_so(base: Binding, found: list[Binding], vocab: Vocabulary) -> bool:
    """Whether a column that a period names is called so itself, or a value is."""
    said = {stem(word) for word in base.said.lower().split()}
    spelled = ({stem(w) for w in vocab.spelled[c]} for b in found for c in b.columns)
    return not found or any(b.values for b in found) or any(said & own for own in spelled)


def _of_table(base: Binding, tokens: list[Token], vocab: Vocabulary) -> list[Binding]:
    """The columns and values that a stretch may name, without those that people do not mean."""
    span = tokens[base.start : base.end]
    found = [*_columns(base, span, vocab), *_values(base, span, vocab)]
    if len(span) == 1 and span[0].lower in lexicon().filler and not _is_capital(base, tokens):
        found = [b for b in found if b.kind != "value" or _is_beside(b, tokens, vocab)]
    if len(span) == 1 and span[0].stem in vocab.entity:
        # "Sailings" are no "sailed" ones.
        forms = singular(span[0].lower)
        found = [b for b in found if not b.values or any(str(v.value).lower() in forms
                                                         for v in b.values)]  # fmt: skip
    if any(token.lower == "of" for token in span) or any(_is_whole(b) for b in found):
        # The "number of tickets" counts them, though there is a "Ticket No."; a "manager" is one
        # who is called so, not a "manager_id".
        numbering = vocab.identifiers | vocab.labels
        found = [b for b in found if not (b.columns and numbering.issuperset(b.columns))]
    if len(span) == 1 and span[0].stem in vocab.entity and not span[0].lower.endswith("ed"):
        # "Orders" are the rows of a table of orders, though it has an "Order ID".
        others = vocab.identifiers | vocab.events
        found = [b for b in found if b.kind != "column"
                 or (b.score > PARTIAL and not others.issuperset(b.columns))]  # fmt: skip
    return found


def _alone(base: Binding, tokens: list[Token], vocab: Vocabulary) -> list[Binding]:
    """What a stretch means that is neither column, value nor phrase."""
    span = tokens[base.start : base.end]
    counted = base.start > 0 and tokens[base.start - 1].number is not None
    little = span[0].lower in lexicon().filler and not counted
    told = (b for b in _plain(base, span, vocab) if not (b.kind == "unit" and little))
    plain = list(itertools.islice(told, 1))  # "in" is not always an inch
    if base.start > 0 and tokens[base.start - 1].lower in _WITHIN:
        plain = [b for b in plain if not _in_names(b, vocab)]
    asked = base.start > 0 and tokens[base.start - 1].lower in {"which", "what"}
    if asked and len(span) == 1 and (not plain or plain[0].kind == "value"):
        kinds = vocab.kinds.get(span[0].stem, set())  # which sea, of "North Sea" and "Kara Sea"
        if len(kinds) == 1:
            return [replace(base, kind="column", columns=tuple(kinds), score=_CONTAINED)]
    return plain


def _in_names(one: Binding, vocab: Vocabulary) -> bool:
    """Whether it is part of what single rows are called: no film is in the Lisbon of its title."""
    return any(not value.whole and vocab.is_unique(value.column) for value in one.values)


def _is_beside(value: Binding, tokens: list[Token], vocab: Vocabulary) -> bool:
    """Whether a value that is a word like "on" stands beside its column: "the heating was on".

    Before a time it is only a preposition: "heating off on Mondays".
    """
    if any(start == 0 for start, _, _ in read_times(tokens[value.end : value.end + _NEAR])):
        return False
    near = tokens[max(0, value.start - _NEAR) : value.start] + tokens[value.end : value.end + 1]
    said = {lexicon().canon(token.stem) for token in near}
    return any(said & vocab.columns[one.column] for one in value.values)


def _is_capital(base: Binding, tokens: list[Token]) -> bool:
    """Whether a little word is written as a code: "got an A", "requests from IN"."""
    shouted = all(token.text.isupper() for token in tokens if token.text.isalpha())
    return base.start > 0 and tokens[base.start].text.isupper() and not shouted


def _is_whole(one: Binding) -> bool:
    return one.kind == "value" and one.score == EXACT and all(v.whole for v in one.values)


def _names_table(tokens: list[Token], start: int, end: int, vocab: Vocabulary) -> bool:
    """Whether the span is the table's name, as in "in Seattle weather"."""
    said = tuple(token.stem for token in tokens[start:end])
    if len(said) == 1 and said[0] in vocab.entity:
        return False  # "number of parcels" counts them
    return start > 0 and tokens[start - 1].lower in _ABOUT and said in vocab.names


def _plain(base: Binding, span: list[Token], vocab: Vocabulary) -> Iterator[Binding]:
    """Single words that are neither column, value nor phrase."""
    if len(span) != 1:
        return
    token = span[0]
    if token.number is not None:
        yield replace(base, kind="number", number=token.number)
    unit = vocab.units.get(token.lower)
    if unit is not None:
        yield replace(base, kind="unit", sense=Sense("unit", unit))
    names_rows = token.stem in vocab.entity or vocab.ends_noun(token)
    if names_rows and not token.lower.endswith("ed"):  # "ordered" is no order
        yield replace(base, kind="entity")
    if token.stem in vocab.title:
        yield replace(base, kind="title")
    if vocab.says_little(token):
        yield replace(base, kind="filler")
    if token.lower.endswith("iest"):  # snowiest: the most of the value "snow"
        values = vocab.roots.get(root(token.lower.removesuffix("est")))
        if values:
            sense = Sense("adjective", token.lower)
            yield replace(base, kind="adjective", sense=sense, values=tuple(values))
    parts = vocab.contained.get(token.stem)
    if parts:
        yield replace(base, kind="value", values=tuple(parts.values()), score=_CONTAINED)


def _columns(base: Binding, span: list[Token], vocab: Vocabulary) -> Iterator[Binding]:
    columns, score = named_columns(span, vocab)
    if columns:
        yield replace(base, kind="column", columns=columns, score=score)


def _values(base: Binding, span: list[Token], vocab: Vocabulary) -> Iterator[Binding]:
    key = tuple(token.stem for token in span)
    found = vocab.values.get(key)
    if found and any(token.number is not None for token in span):
        found = [*_as_written(span, found), *(v for v in found if v.value is True)]
    if found:
        forms = singular(base.said.lower())
        exact = [v for v in found if str(v.value).lower() in forms] or found
        yield replace(base, kind="value", values=tuple(exact))
    elif len(span) == 1 and span[0].lower not in lexicon().filler:
        found = vocab.roots.get(root(span[0].lower))
        if found:
            yield replace(base, kind="value", values=tuple(found), score=_ROOT)


def _corrected(tokens: list[Token], at: int, vocab: Vocabulary) -> Binding | None:
    """A word read as the one known word it nearly is."""
    word = meant(tokens[at].lower, vocab.known_words)
    if word is None:
        return None
    options = _options(
        [*tokens[:at], replace(word, text=tokens[at].text), *tokens[at + 1 :]], at, at + 1, vocab
    )
    if not options or options[0].kind == "refusal":
        return None
    return replace(options[0], score=min(options[0].score, _TYPO), typo=True, said=word.lower)
