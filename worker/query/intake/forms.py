"""The forms in which text files write values: a reading for each, in the order of trying."""

from __future__ import annotations

from worker.query.intake.readings import Reading

_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y")
_MONTH_FIRST, _DAY_FIRST = ("%m/%d/%Y", "%m-%d-%Y"), ("%d/%m/%Y", "%d-%m-%Y")
_WORDED: tuple[str, ...] = ("%d %B %Y", "%d %b %Y", "%d-%B-%Y", "%d-%b-%Y")
_WORDED += ("%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y")
_MONTHS = ("%Y-%m", "%Y/%m", "%m/%Y", "%b %Y", "%B %Y", "%b-%Y", "%B-%Y")
_CLOCKS = (" %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p")
#: "2009-10" may be the tenth month or the years that a season lies in.
_SEASON = r"\d{4}[-/]\d{2}"
# Numbers with leading zeros are codes ("00501") and stay text.
_INTEGER = r"[+-]?(0|[1-9]\d{0,17})"
_NUMBER = r"[+-]?(0|[1-9]\d*)?(\.\d*)?([eE][+-]?\d+)?"
_THOUSANDS = r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?|[+-]?(0|[1-9]\d*)(\.\d+)?"
_DECIMAL_COMMA = r"[+-]?(0|[1-9]\d*)(,\d+)?"
_DOTTED_THOUSANDS = r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?|[+-]?(0|[1-9]\d*)(,\d+)?"
_UNITS = ("%", "$", "€", "£", "¥")


def text_readings(*, decimal_comma: bool) -> list[Reading]:
    """All ways to read a text, in order; `decimal_comma` says which way "1,500" is tried first."""
    readings = [
        Reading(
            "boolean",
            "CASE WHEN lower({v}) IN ('true', 'false') THEN CAST(lower({v}) AS BOOLEAN) END",
        ),
        Reading("integer", _matching(_INTEGER, "TRY_CAST({v} AS BIGINT)")),
        Reading("number", _matching(_NUMBER, finite("TRY_CAST({v} AS DOUBLE)"))),
    ]
    comma = [
        Reading(
            "number",
            _matching(_DECIMAL_COMMA, "TRY_CAST(replace({v}, ',', '.') AS DOUBLE)"),
            "the comma was read as the decimal point",
        ),
        Reading(
            "number",
            _matching(
                _DOTTED_THOUSANDS, "TRY_CAST(replace(replace({v}, '.', ''), ',', '.') AS DOUBLE)"
            ),
            "dots were read as thousands separators and the comma as the decimal point",
        ),
    ]
    thousands = Reading(
        "number",
        _matching(_THOUSANDS, "TRY_CAST(replace({v}, ',', '') AS DOUBLE)"),
        "commas were read as thousands separators",
    )
    # "1,500" is one and a half where semicolons or tabs separate, and else fifteen hundred.
    readings += [*comma, thousands] if decimal_comma else [thousands, *comma]
    readings += [_with_unit(unit, decimal_comma=decimal_comma) for unit in _UNITS]
    return readings + date_readings()


def date_readings() -> list[Reading]:
    """The ways to read a text as a date or a time of day; UTC where it has an offset."""
    moment = "CAST(TRY_CAST({v} AS TIMESTAMPTZ) AS TIMESTAMP)"
    year, after = "TRY_CAST(left({v}, 4) AS INTEGER)", "TRY_CAST(right({v}, 2) AS INTEGER)"
    return [
        *_days_and_moments(_DATES),
        *_either_order(),
        *_days_and_moments(_MONTH_FIRST),
        *_days_and_moments(_DAY_FIRST),
        *_days_and_moments(_WORDED),
        # All of them next to the year before: seasons, which are names.
        Reading(
            "text", _matching(_SEASON, f"CASE WHEN {after} = ({year} + 1) % 100 THEN {{v}} END")
        ),
        Reading("date", _day(_MONTHS), "months were read as their first day"),
        day_reading(moment),
        Reading("datetime", moment),
    ]


def _days_and_moments(dates: tuple[str, ...]) -> list[Reading]:
    """Dates written so, alone or with a time of day."""
    return [Reading("date", _day(dates)), Reading("datetime", _moment(dates))]


def _either_order() -> list[Reading]:
    """Dates that could be meant either way round."""
    note = "dates such as 03/04/2012 were read as month/day/year"
    day = f"CASE WHEN {_day(_DAY_FIRST)} IS NOT NULL THEN {_day(_MONTH_FIRST)} END"
    moment = f"CASE WHEN {_moment(_DAY_FIRST)} IS NOT NULL THEN {_moment(_MONTH_FIRST)} END"
    return [Reading("date", day, note), Reading("datetime", moment, note)]


def day_reading(moment: str) -> Reading:
    """Times that are all midnight, as days."""
    return Reading(
        "date", f"CASE WHEN {moment} = date_trunc('day', {moment}) THEN CAST({moment} AS DATE) END"
    )


def finite(number: str) -> str:
    """A floating point expression with NULL for what is no number."""
    return f"CASE WHEN isfinite({number}) THEN {number} END"


def _with_unit(unit: str, *, decimal_comma: bool) -> Reading:
    """Numbers that all carry one unit, before or behind: "$1,200.50", "12 %"."""
    mark = f"\\{unit}" if unit == "$" else unit
    number, bare = rf"({_THOUSANDS})", f"replace(trim(replace({{v}}, '{unit}', '')), ',', '')"
    if decimal_comma:
        number = rf"({_DOTTED_THOUSANDS})"
        bare = f"replace(replace(trim(replace({{v}}, '{unit}', '')), '.', ''), ',', '.')"
    pattern = rf"{mark} ?{number}|{number} ?{mark}|-{mark} ?{number}"
    note = f"{unit} was read as the unit"
    return Reading("number", _matching(pattern, f"TRY_CAST({bare} AS DOUBLE)"), note, unit)


def _matching(pattern: str, expression: str) -> str:
    # The number pattern may match the empty text, which TRY_CAST then refuses.
    return f"CASE WHEN regexp_full_match({{v}}, '{pattern}') THEN {expression} END"


def _day(dates: tuple[str, ...]) -> str:
    return f"CAST({_strptime(dates)} AS DATE)"


def _moment(dates: tuple[str, ...]) -> str:
    tried = _strptime(tuple(date + clock for date in dates for clock in _CLOCKS))
    return f"CASE WHEN contains({{v}}, ':') THEN {tried} END"


def _strptime(formats: tuple[str, ...]) -> str:
    listed = ", ".join(f"'{one}'" for one in formats)
    return f"try_strptime({{v}}, [{listed}])"
