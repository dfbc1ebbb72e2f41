"""A frame: one reading of a question, sorted into the slots the grammar works on."""

from __future__ import annotations

from dataclasses import dataclass, field

from worker.models.builtin.binding import Binding, Reading
from worker.models.builtin.lexicon import lexicon
from worker.models.builtin.vocabulary import Vocabulary
from worker.models.builtin.words import Token, stem
from worker.query.plan import Comparison, Filter, GroupBy, QueryPlan

# Words that may stay without effect on the plan.
_OPTIONAL = frozenset({"filler", "title", "entity", "list", "group", "count", "help"})
_AMOUNTS = frozenset({"most", "comparator", "number", "unit", "function", "column"})
_DENYING = frozenset({"ne", "not_in", "is_null"})
_PERIODS = {
    "year": "year",
    "quarter": "quarter",
    "month": "month_of_year",
    "week": "week",
    "day": "day",
    "date": "day",
    "hour": "hour_of_day",
}


class Abstention(Exception):
    """Why a question was not planned; `choices` are questions that would settle an ambiguity.

    `bound` counts the words that mean something in the table, so that the planner can tell an
    unrelated question from one it only failed to understand. `final` says that no other reading
    would do: the table cannot tell what is asked. `plans` are what the choices stand for, one for
    each, where the words alone would not say it.
    """

    def __init__(
        self,
        reason: str,
        choices: tuple[str, ...] = (),
        bound: int = 0,
        *,
        final: bool = False,
        plans: tuple[QueryPlan, ...] = (),
    ) -> None:
        super().__init__(reason)
        self.final = final
        self.plans = plans
        self.reason = reason
        self.choices = choices
        self.bound = bound


class OutOfData(Abstention):
    """A time is asked for that the table does not reach."""


@dataclass(frozen=True)
class Kept:
    """A condition on the figure of a group; without a column its rows are counted."""

    function: str
    column: str | None
    operator: str
    values: tuple[float, ...]


@dataclass
class Frame:
    """The slots of one reading.

    `groups` are keys asked for with "by" and the like, `target` what "which" asks for ("rows" for
    single rows), `measures` the bindings of number columns that are not part of a condition,
    `mentions` the other columns named; `guesses` counts what the words left
    open; `compare` is set for two sides to set against each other.
    Of `any_of` alternatives one must hold. `kept` is a condition on groups. `percent` is that of a
    percentile, `size` how many periods a moving average is over or how wide a step is, `place` the
    2 of "second highest". `starts`
    says where each filter stands in the question; one of them `denies`.
    `each_row` says that a figure of each row is asked for.
    """

    vocab: Vocabulary
    tokens: list[Token]
    reading: Reading
    groups: list[GroupBy] = field(default_factory=list)
    target: GroupBy | str | None = None
    filters: list[Filter] = field(default_factory=list)
    measures: list[Binding] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    superlative: Binding | None = None
    limit: int | None = None
    used: set[Binding] = field(default_factory=set)
    compare: Comparison | None = None
    any_of: list[list[Filter]] = field(default_factory=list)
    kept: Kept | None = None
    percent: float | None = None
    size: float | None = None
    place: int | None = None
    starts: list[int] = field(default_factory=list)
    guesses: int = 0
    denies: bool = False
    each_row: bool = False

    def select(self, at: Binding, *filters: Filter) -> None:
        """Choose rows by what stands at a binding."""
        self.denies |= any(f.negated or f.operator in _DENYING for f in filters)
        self.filters.extend(filters)
        self.starts.extend([at.start] * len(filters))

    def use(self, *bindings: Binding | None) -> None:
        """Note that these words have found their place in the plan."""
        self.used.update(b for b in bindings if b is not None)

    def use_all(self, *kinds: str) -> None:
        """Note that every word of these kinds has found its place."""
        self.used.update(b for b in self.reading if b.kind in kinds)

    def left_over(self) -> list[Binding]:
        """Words that ask for something the plan so far does not do."""
        asking = [b for b in self.reading if b.kind not in _OPTIONAL and b not in self.used]
        achieved = self.measures or any(self.vocab.is_number(f.column) for f in self.filters)
        return [
            b
            for b in asking
            if not (b.kind == "bucket" and self.is_rows(b))
            and not (b.kind == "achieve" and achieved)
            and not (b.kind == "pay" and self._pays(b))
        ]

    def _pays(self, verb: Binding) -> bool:
        """Whether "paid" only says of which money the amount is that is asked for beside it."""
        beside = self.after(verb)
        amount = beside is None or beside.kind in _AMOUNTS
        named = {*(f.column for f in self.filters), *(c for b in self.measures for c in b.columns)}
        return amount and any(self.vocab.is_money(name) for name in named)

    def free(self, kind: str) -> list[Binding]:
        """The bindings of one kind that have no place yet."""
        return [b for b in self.reading if b.kind == kind and b not in self.used]

    def all(self, kind: str) -> list[Binding]:
        """The bindings of one kind, from left to right."""
        return [b for b in self.reading if b.kind == kind]

    def has(self, kind: str) -> bool:
        """Whether the question has a word of this kind."""
        return any(b.kind == kind for b in self.reading)

    def at(self, index: int) -> Binding | None:
        """The binding that covers token `index`."""
        return next((b for b in self.reading if b.start <= index < b.end), None)

    def before(self, binding: Binding, *skipped: str) -> Binding | None:
        """The nearest binding before this one, not counting fillers and the kinds `skipped`."""
        for other in reversed([b for b in self.reading if b.end <= binding.start]):
            if other.kind not in {"filler", "title", *skipped}:
                return other
        return None

    def after(self, binding: Binding, *skipped: str) -> Binding | None:
        """The nearest binding after this one, not counting fillers and the kinds `skipped`."""
        for other in self.reading:
            if other.start >= binding.end and other.kind not in {"filler", "title", *skipped}:
                return other
        return None

    def words_between(self, left: Binding, right: Binding) -> set[str]:
        """The words that stand between two bindings."""
        return {token.lower for token in self.tokens[left.end : right.start]}

    @property
    def words(self) -> list[str]:
        """All words, lower-case."""
        return [token.lower for token in self.tokens]

    @property
    def unbound(self) -> list[str]:
        """The words that mean nothing here."""
        covered = {at for b in self.reading for at in range(b.start, b.end)}
        return [token.text for at, token in enumerate(self.tokens) if at not in covered]

    @property
    def weight(self) -> int:
        """How many words mean something of this table, not just of English."""
        solid = {"column", "value", "entity", "adjective"}
        return sum(b.end - b.start for b in self.reading if b.kind in solid)

    @property
    def grain(self) -> str | None:
        """The period of one row; of a panel, once one value of its column is picked."""
        vocab = self.vocab
        picked = {v.value for b in self.all("value") for v in b.values if v.column == vocab.panel}
        return vocab.step if vocab.panel and len(picked) == 1 else vocab.grain

    def is_rows(self, binding: Binding) -> bool:
        """Whether the binding names single rows ("days" of a daily table)."""
        if binding.kind == "entity":
            return True
        grain = self.grain
        if binding.kind == "bucket":
            return grain is not None and period(grain) == binding.name
        date = self.vocab.date
        return (
            binding.kind == "column"
            and grain is not None
            and date is not None
            and binding.columns == (date.name,)
        )

    def key(self, binding: Binding) -> GroupBy | None:
        """The binding as a grouping key, if it can be one."""
        if binding.kind in {"bucket", "every"}:
            return self.bucket(binding.name)
        if binding.kind != "column" or len(binding.columns) != 1:
            return None
        column = self.vocab.profile.column(binding.columns[0])
        if column.type in {"date", "datetime"}:
            named = next(
                (p for w, p in _PERIODS.items() if stem(w) == stem(column.name.lower())), "day"
            )
            one_year = len({year for b in self.all("time") if b.time for year in b.time.years}) == 1
            bucket = "month" if named == "month_of_year" and not one_year else named
            return GroupBy.model_validate({"column": column.name, "bucket": bucket})
        return GroupBy(column=column.name)

    def bucket(self, name: str) -> GroupBy | None:
        """A period of the table's date column, or its year column, as a grouping key."""
        date, year = self.vocab.date, self.vocab.year_column
        if date is not None:
            if name == "hour_of_day" and date.type == "date":
                return None
            return GroupBy.model_validate({"column": date.name, "bucket": name})
        return GroupBy(column=year.name) if year and name == "year" else None


def period(grain: str) -> str:
    """The bucket that a grain ("month") is called by in a question."""
    return _PERIODS[grain]


def narrowed(frame: Frame, binding: Binding, hints: set[str]) -> tuple[str, ...]:
    """The columns a binding may mean, narrowed by words said elsewhere ("longest" -> length)."""
    columns = binding.columns
    if len(columns) > 1 and hints:
        wanted = {lexicon().canon(stem(hint)) for hint in hints}
        best = max(len(frame.vocab.columns[c] & wanted) for c in columns)
        if best:
            columns = tuple(c for c in columns if len(frame.vocab.columns[c] & wanted) == best)
    return columns


def unclear(
    frame: Frame, binding: Binding, columns: tuple[str, ...], *, keep: bool = False
) -> Abstention:
    """Ask which of these columns is meant; the choices are the question with each one's name.

    `keep` leaves the unclear words (a value) and puts the name before them; an adjective stays
    where it is and the name comes last.
    """
    words = [f"{token.text}{'_' if token.glued else ' '}" for token in frame.tokens]
    head, said, tail = (
        "".join(part).strip()
        for part in (
            words[: binding.start],
            words[binding.start : binding.end],
            words[binding.end :],
        )
    )
    bare = [name.partition("(")[0].strip() or name for name in columns]
    called = bare if len(set(bare)) == len(columns) else columns
    if binding.kind == "adjective":
        choices = tuple(f"{head} {said} {tail} by {name}" for name in called)
    else:
        choices = tuple(f"{head} {name} {said if keep else ''} {tail}" for name in called)
    choices = tuple(" ".join(choice.split()) for choice in choices)
    names = " or ".join(f"“{name}”" for name in columns)
    return Abstention(f"By “{binding.said}”, do you mean {names}?", choices, frame.weight)
