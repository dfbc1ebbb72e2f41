/** SQL in colours. */

import { html } from "../html.js";

const TOKEN =
  /(?<comment>--[^\n]*)|(?<string>'(?:[^']|'')*')|(?<name>"(?:[^"]|"")*")|(?<number>\b\d+(?:\.\d+)?\b)|(?<word>[A-Za-z_]\w*)|(?<other>[\s\S])/g;

const KEYWORDS = new Set(
  `all and as asc between by case cast count desc distinct else end except exists false filter first from full
  group having in inner intersect interval is join last left like ilike limit not null nulls offset on or order
  outer over partition qualify right rows select then true union using values when where window with`.split(/\s+/),
);

/** @param {string} sql */
export function sqlView(sql) {
  return [...sql.matchAll(TOKEN)].map(({ 0: text, groups = {} }) => {
    if (groups.other) return text;
    if (groups.word) return KEYWORDS.has(text.toLowerCase()) ? html`<b>${text}</b>` : text;
    const kind = ["comment", "string", "name", "number"].find((name) => groups[name]);
    return html`<i class=${kind}>${text}</i>`;
  });
}
