"""Statements that would take all memory, all time or all of the disk."""

from __future__ import annotations

_MANY = ", ".join(f"data AS d{number}" for number in range(12))
_DOUBLING = ", ".join(
    ["w0 AS (SELECT wind AS x FROM data)"]
    + [f"w{n} AS (SELECT a.x FROM w{n - 1} a, w{n - 1} b)" for n in range(1, 12)]
)

#: What is too much to compute.
TIME = [
    f"SELECT count(*) FROM {_MANY} WHERE d0.wind + d11.wind > 3",
    "SELECT sum(a.wind * b.wind + c.wind * d.wind) FROM data a, data b, data c, data d",
    f"WITH {_DOUBLING} SELECT sum(x) FROM w11",
    "SELECT median(a.wind * b.wind) FROM data a, data b, data c",
    "SELECT a.wind FROM data a, data b, data c ORDER BY b.wind * c.wind LIMIT 1",
    "SELECT count(DISTINCT a.wind * b.wind + c.wind) FROM data a, data b, data c",
    (
        "SELECT max(s) FROM (SELECT sum(b.wind) OVER (ORDER BY a.wind, b.wind, c.wind) AS s"
        " FROM data a, data b, data c)"
    ),
    "SELECT a.date, mode(b.date) FROM data a, data b, data c GROUP BY a.date",
    "SELECT count(*) FROM range(1000000000000) r WHERE r.range % 7 = 8",
    "SELECT sum(hash(range)) FROM range(100000000000000)",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM t) SELECT max(n) FROM t",
    "WITH RECURSIVE t(n) AS (SELECT 1 UNION SELECT (n * 7) % 1000000007 FROM t) SELECT * FROM t",
    "SELECT count(*) FROM generate_series(DATE '0001-01-01', DATE '9999-01-01', INTERVAL 1 second)",
    "SELECT levenshtein(repeat('ab', 500000), repeat('ba', 500000))",
    "SELECT damerau_levenshtein(repeat('ab', 90000), repeat('ba', 90000))",
    "SELECT jaro_winkler_similarity(repeat('ab', 900000), repeat('ba', 900000))",
    "SELECT regexp_replace(repeat('a', 300000), '(a{1,500}){1,500}b', 'c', 'g')",
    "SELECT regexp_extract_all(repeat('ab', 9000000), '(a|b|ab)*')",
    "SELECT sleep_ms(60000)",
    "SELECT 100000!",
    "SELECT list_reduce(range(100000000), lambda a, b: a + b % 7)",
    "SELECT len(list_filter(range(200000000), lambda x: x % 3 = 0))",
    "SELECT sha256(repeat('x', 2000000000))",
    (
        "SELECT count(*) FROM (SELECT unnest(range(50000000)) a),"
        " (SELECT unnest(range(50000000)) b) WHERE a * b = 1"
    ),
    "SELECT * FROM data a ASOF JOIN (SELECT b.* FROM data b, data c, data d) e ON a.date >= e.date",
]

#: What is too much to hold.
MEMORY = [
    "SELECT repeat('x', 2147483647)",
    "SELECT max(length(repeat(weather, 1500000000))) FROM data",
    "SELECT length(repeat(repeat(repeat('x', 10000), 10000), 100))",
    "SELECT lpad('', 2000000000, 'y')",
    "SELECT rpad(weather, 1900000000, 'y') FROM data",
    "SELECT length(printf('%1900000000d', 7))",
    "SELECT length(format('{:>1900000000}', 'a'))",
    "SELECT len(range(1900000000))",
    "SELECT len(range(1900000000 + CAST(wind AS BIGINT))) FROM data",
    "SELECT list_sort(range(400000000))",
    "SELECT len(list_resize([1], 1900000000, 0))",
    "SELECT bit_length(bitstring('1', 2000000000))",
    "SELECT string_agg(a.weather || b.weather || c.weather, '') FROM data a, data b, data c",
    "SELECT list(a.date) FROM data a, data b, data c",
    "SELECT array_agg(repeat('x', 1000000)) FROM data a, data b",
    "SELECT histogram(a.wind * b.wind * c.wind) FROM data a, data b, data c",
    "SELECT a.*, b.*, c.* FROM data a, data b, data c ORDER BY a.wind * b.wind * c.wind",
    "SELECT a.wind, b.wind, c.wind, count(*) FROM data a, data b, data c GROUP BY ALL",
    "SELECT DISTINCT a.date, b.date, c.wind FROM data a, data b, data c",
    "WITH t AS MATERIALIZED (SELECT a.* FROM data a, data b, data c) SELECT count(*) FROM t, t u",
    "WITH RECURSIVE t(s) AS (SELECT 'ab' UNION ALL SELECT s || s FROM t) SELECT count(s) FROM t",
    "PIVOT (SELECT range AS a, range AS b FROM range(60000)) ON a USING sum(b)",
    "SELECT approx_top_k(range, 5000000) FROM range(20000000)",
    (
        "SELECT quantile_cont(range, list_transform(range(900000), lambda x: x / 900000.0))"
        " FROM range(900000)"
    ),
    "SELECT (repeat('[', 3000000) || repeat(']', 3000000))::JSON",
    "SELECT json_valid(repeat('{\"a\":', 40000000))",
    "SELECT map(range(90000000), range(90000000))",
    "SELECT repeat('x', 50000000) FROM data",
    "SELECT row_number() OVER (PARTITION BY a.weather ORDER BY b.wind) FROM data a, data b, data c",
]

#: What is too much to read.
TEXT = [
    "SELECT " + "(" * 60_000 + "1" + ")" * 60_000,
    "SELECT " + "+".join(["1"] * 90_000),
    "SELECT " + "NOT " * 49_000 + "true",
    "SELECT " + "- " * 90_000 + "1",
    "SELECT wind IN (" + ", ".join(map(str, range(300_000))) + ") FROM data",
    "SELECT " + "CASE WHEN wind > 1 THEN " * 8_000 + "1" + " END" * 8_000 + " FROM data",
    "SELECT count(*) FROM data WHERE " + " AND ".join(["wind > 0"] * 15_000),
    "SELECT 1" + " UNION ALL SELECT 1" * 9_000,
    "SELECT " + "[" * 90_000 + "]" * 90_000,
    "SELECT * FROM " + "(SELECT * FROM " * 5_000 + "data" + ")" * 5_000,
    "WITH " + ", ".join(f"c{n} AS (SELECT 1)" for n in range(9_000)) + " SELECT 1",
    "SELECT count(*) FROM data a "
    + " ".join(f"JOIN data t{n} ON t{n}.wind <> a.wind" for n in range(200)),
    "SELECT '" + "x" * 5_000_000 + "'",
]

BOMBS = [*TIME, *MEMORY, *TEXT]
