/**
 * What an answer stands on: one sentence, and the figures behind it.
 *
 * @import {App} from "../app.js"
 * @import {Coverage, Result} from "../types.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";

/**
 * @param {App} app
 * @param {Result} result
 */
export function coverageView(app, result) {
  const { coverage } = result;
  if (!coverage?.sentence) return nothing;
  const facts = figures(app, coverage);
  // SQL that a model wrote: what it left out nobody counted.
  const line = html`${icon(coverage.rows_used === null ? "warn" : "shield")} <span>${coverage.sentence}</span>`;
  if (!facts.length) return html`<p class="coverage ${coverage.rows_used === null ? "uncounted" : ""}">${line}</p>`;
  return html`
    <details class="coverage ${coverage.rows_used === null ? "uncounted" : ""}">
      <summary>${line} ${icon("down")}</summary>
      <dl class="facts">${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
    </details>
  `;
}

/**
 * @param {App} app
 * @param {Coverage} coverage
 * @returns {[string, unknown][]}
 */
function figures(app, coverage) {
  /** @type {[string, unknown][]} */
  const facts = [];
  const count = (/** @type {string} */ key, /** @type {number | null | undefined} */ n) => {
    if (n !== undefined && n !== null) facts.push([app.t(key), app.t("n", { n })]);
  };
  count("coverage.in_table", coverage.rows_in_table);
  count("coverage.used", coverage.rows_used);
  for (const { reason, rows } of coverage.dropped ?? []) facts.push([app.t("coverage.dropped"), `${app.t("n", { n: rows })}: ${reason}`]);
  for (const [column, n] of Object.entries(coverage.nulls ?? {})) {
    if (n) facts.push([app.t("coverage.nulls"), `${column}: ${app.t("n", { n })}`]);
  }
  for (const filter of coverage.filters ?? []) facts.push([app.t("coverage.filter"), filter]);
  const window = coverage.time_window;
  if (window) facts.push([app.t("coverage.window"), `${window.column}: ${window.from} – ${window.to}`]);
  count("coverage.shown", coverage.truncated ? coverage.rows_shown : undefined);
  count("coverage.total", coverage.truncated ? coverage.rows_total : undefined);
  if (coverage.dataset_version) facts.push([app.t("coverage.version"), html`<code>${coverage.dataset_version.slice(0, 12)}</code>`]);
  return facts;
}
