"""Finding a request's handler: looked up where its path is plain; Werkzeug finds the others.

Werkzeug goes from part to part of a path and makes an expression for what varies, each time: a
tenth of what it takes to open a stream. Most requests are for a rule that is fixed, or of which
only the last part varies; which one that is can be known beforehand.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import Any

from werkzeug.routing import Map, MapAdapter, Rule, RuleFactory

#: A rule of which nothing varies but its last part, which may be any text; up to it, and its name.
_VARYING = re.compile(r"([^<]*)<(\w+)>")


class Paths(Map):
    """The rules of an app. Ours have no defaults and no hosts, and none redirects."""

    def add(self, rulefactory: RuleFactory) -> None:
        """Have one more, or several."""
        super().add(rulefactory)
        self.__dict__.pop("_plain", None)

    def plain(self, method: str, path: str) -> tuple[Rule, dict[str, str]] | None:
        """The rule for a path, with what varies in it, if it is plain; else Werkzeug finds it."""
        fixed, varying = self._plain
        if rule := fixed.get((method, path)):
            return rule, {}
        last = path.rpartition("/")[2]
        found = varying.get((method, path.removesuffix(last))) if last else None
        return (found[0], {found[1]: last}) if found else None

    @cached_property
    def _plain(self) -> tuple[dict[tuple[str, str], Rule], dict[tuple[str, str], tuple[Rule, str]]]:
        """Rules by method and path, and others by method, and path up to what varies."""
        fixed: dict[tuple[str, str], Rule] = {}
        varying: dict[tuple[str, str], tuple[Rule, str]] = {}
        for rule in self.iter_rules():
            one = _VARYING.fullmatch(rule.rule)
            for method in () if rule.websocket else rule.methods or ():
                if "<" not in rule.rule:
                    fixed.setdefault((method, rule.rule), rule)
                elif one:
                    varying.setdefault((method, one[1]), (rule, one[2]))
        return fixed, varying


class Finder(MapAdapter):
    """Finds the handler of one request that is no WebSocket's."""

    map: Paths

    def match(self, *args: Any, return_rule: bool = False, **others: Any) -> Any:
        """The rule of this request and what varies in its path; else as Werkzeug's."""
        if return_rule and not args and not others:
            plain = self.map.plain(self.default_method, self.path_info)
            if plain is not None:
                return plain
        return super().match(*args, return_rule=return_rule, **others)  # type: ignore[call-overload]
