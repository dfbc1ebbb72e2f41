"""The page carries nothing that nobody uses: no class, no export, no library."""

from __future__ import annotations

import re
from pathlib import Path

from shared.settings import CHECKOUT

WEB = CHECKOUT / "web"
#: A value in a template that holds no other.
VALUE = re.compile(r"\$\{[^{}]*\}")
EXPORT = re.compile(r"^export (?:async )?(?:function\*?|class|const|let) (\w+)", re.MULTILINE)


def code() -> dict[Path, str]:
    """The page's own modules, and its first page."""
    return {path: path.read_text() for path in [*WEB.glob("js/**/*.js"), WEB / "index.html"]}


def styles() -> dict[Path, str]:
    """The page's sheets, without comments."""
    return {
        path: re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        for path in WEB.glob("css/*.css")
    }


def test_every_class_in_the_sheets_is_in_the_page() -> None:
    """A selector's class occurs in a module as a word of its own."""
    words = set(re.findall(r"[\w-]+", "\n".join(code().values())))
    named = {
        name
        for sheet in styles().values()
        for selector in re.findall(r"([^{}]+)\{", sheet)
        for name in re.findall(r"\.([a-z][\w-]*)", selector)
    }
    assert named - words == set()


def test_every_class_in_the_page_is_in_the_sheets_or_found_by() -> None:
    """A class that is written in a template is styled, or something looks it up by its name."""
    modules = "\n".join(code().values())
    templates = modules
    while VALUE.search(templates):
        templates = VALUE.sub(" ", templates)
    written = {
        name
        for attribute in re.findall(r'\bclass="([^"]*)"', templates)
        for name in attribute.split()
    }
    looked_up = set(re.findall(r"\.([a-z][\w-]*)", "\n".join(styles().values())))
    looked_up |= set(re.findall(r"""["'`][^"'`\n]*\.([a-z][\w-]*)[^"'`\n]*["'`]""", modules))
    tests = "\n".join(path.read_text() for path in (CHECKOUT / "tests").glob("*/*.py"))
    looked_up |= set(re.findall(r"\.([a-z][\w-]*)", tests))
    assert written - looked_up == set()


def test_every_request_has_an_end() -> None:
    """A bare `fetch` may wait for ever: only what minds the time itself may call it."""
    bare = {path.name for path, text in code().items() if re.search(r"\bfetch\(", text)}
    assert bare == {"request.js", "connection.js", "later.js"}


def test_every_export_is_imported() -> None:
    """Somewhere outside of the module that has it, if only by a test of the client library."""
    modules, unused = code(), set()
    tests = "\n".join(path.read_text() for path in (CHECKOUT / "tests/web").glob("*.py"))
    for path, text in modules.items():
        others = "\n".join(other for name, other in modules.items() if name != path)
        unused |= {
            f"{path.name}: {name}"
            for name in EXPORT.findall(text)
            if not re.search(rf"\b{name}\b", others + tests)
        }
    assert unused == set()


def test_every_vendored_script_is_loaded() -> None:
    """By a module of the page, under its own name."""
    modules = "\n".join(code().values())
    scripts = {path.relative_to(WEB).as_posix() for path in WEB.glob("vendor/**/*.js")}
    assert {name for name in scripts if f"/{name}" not in modules} == set()
