"""The vendored libraries work unbuilt, under the server's content security policy."""

from __future__ import annotations

from tests.support.browser import Visit
from tests.support.stack import Stack

MARKDOWN = """async () => {
    const { marked } = await import('/static/vendor/marked/marked.esm.js');
    await import('/static/vendor/dompurify/purify.min.js');
    const text = '**wet** <object></object>[day](javascript:alert(1))';
    return DOMPurify.sanitize(marked.parse(text));
}"""

TEMPLATE = """async () => {
    const { html, render } = await import('/static/vendor/lit-html/lit-html.js');
    const { repeat } = await import('/static/vendor/lit-html/directives/repeat.js');
    const { classMap } = await import('/static/vendor/lit-html/directives/class-map.js');
    const names = ['a', 'b'];
    render(html`<ul class=${classMap({ on: true, off: false })}>
        ${repeat(names, (name) => name, (name) => html`<li>${name}</li>`)}</ul>`,
        document.querySelector('main'));
    return document.querySelector('ul.on').innerText;
}"""

CHART = """async () => {
    await import('/static/vendor/vega/vega.min.js');
    await import('/static/vendor/vega-lite/vega-lite.min.js');
    await import('/static/vendor/vega-embed/vega-embed.min.js');
    const { expressionInterpreter } =
        await import('/static/vendor/vega-interpreter/vega-interpreter.js');
    const spec = {
        data: { values: [{ month: 'May', rain: 3 }, { month: 'June', rain: 5 }] },
        transform: [{ calculate: 'datum.rain * 2', as: 'double' }],
        mark: { type: 'bar', tooltip: true },
        encoding: { x: { field: 'month' }, y: { field: 'double', type: 'quantitative' } },
    };
    const shown = await vegaEmbed(document.querySelector('main'), spec, {
        ast: true, expr: expressionInterpreter, renderer: 'svg', actions: false,
        defaultStyle: false, tooltip: { disableDefaultStyle: true },
    });
    await shown.view.toImageURL('png');
    return [...document.querySelectorAll('.mark-rect path')].map((bar) => bar.ariaLabel);
}"""


def test_markdown_is_made_safe(running_desk: Stack, visit: Visit) -> None:
    """Marked and DOMPurify."""
    html = visit(running_desk).blank().evaluate(MARKDOWN)
    assert html == "<p><strong>wet</strong> <a>day</a></p>\n"


def test_templates_render(running_desk: Stack, visit: Visit) -> None:
    """lit-html and its directives."""
    assert visit(running_desk).blank().evaluate(TEMPLATE).split() == ["a", "b"]


def test_charts_are_drawn_without_eval(running_desk: Stack, visit: Visit) -> None:
    """Vega with its interpreter; nothing inline, nothing evaluated."""
    labels = visit(running_desk).blank().evaluate(CHART)
    assert [label for label in labels if "10" in label]
    assert len(labels) == 2
