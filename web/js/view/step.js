/**
 * What a step found, in full.
 *
 * @import {App} from "../app.js"
 * @import {Result, Step, Turn} from "../types.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";
import { announce } from "../announce.js";
import { sqlView } from "./sql.js";

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {Step} step
 */
export function stepBody(app, turn, step) {
  const facts = FACTS[step.name](app, step, turn).filter(([, value]) => value !== undefined && value !== "");
  const sql = step.name === "plan" ? step.data.sql : "";
  return html`
    ${facts.length
      ? html`<dl class="facts">${facts.map(([name, value]) => html`<dt>${app.t(name)}</dt><dd>${value}</dd>`)}</dl>`
      : html`<p class="quiet">${app.t("step.nothing_yet")}</p>`}
    ${sql ? codeView(app, sql) : nothing}
  `;
}

/**
 * What an answer keeps of its work.
 *
 * @param {App} app
 * @param {Result} result
 */
export function keptBody(app, { query, planner }) {
  if (!query) return nothing;
  return html`
    <dl class="facts">
      <dt>${app.t("fact.plan")}</dt><dd>${query.plan}</dd>
      <dt>${app.t("fact.planner")}</dt><dd>${plannerText(app, planner)}</dd>
    </dl>
    ${query.sql ? codeView(app, query.sql) : nothing}
  `;
}

/** @type {Record<string, (app: App, step: Step, turn: Turn) => [string, unknown][]>} */
const FACTS = {
  intent: (app, { data }) => [
    ["fact.intent", data.intent && app.t(`intent.${data.intent}`)],
    ["fact.confidence", data.confidence !== undefined ? percent(app, data.confidence) : undefined],
    ["fact.dataset", data.dataset && app.data.titleOf(data.dataset)],
  ],
  plan: (app, { data }) => [
    ["fact.plan", data.plan],
    ["fact.planner", plannerText(app, data.planner)],
  ],
  query: (app, { data }) => [
    ["fact.rows_read", data.rows_read !== undefined ? app.t("n", { n: data.rows_read }) : undefined],
    ["fact.rows_used", data.rows_used !== undefined ? app.t("n", { n: data.rows_used }) : undefined],
    ["fact.rows", data.rows !== undefined ? app.t("n", { n: data.rows }) : undefined],
    ["fact.columns", data.columns?.join(", ")],
    ["fact.engine_time", data.elapsed_ms !== undefined ? app.words.duration(data.elapsed_ms) : undefined],
  ],
  insight: (_app, _step, turn) => [["fact.answer", turn.text]],
};

/**
 * Who planned it: a model by its name, the planner that needs none in the reader's words.
 *
 * @param {App} app
 * @param {string | undefined} planner
 */
export function plannerText(app, planner = "") {
  return planner.replace("built-in planner", app.t("planner.builtin"));
}

/**
 * @param {App} app
 * @param {number} share
 */
export function percent(app, share) {
  return new Intl.NumberFormat(app.words.locale, { style: "percent" }).format(share);
}

/**
 * @param {App} app
 * @param {string} sql
 */
function codeView(app, sql) {
  return html`
    <figure class="code">
      <pre tabindex="0"><code>${sqlView(sql)}</code></pre>
      ${copyButton(app, sql, "sql.copy")}
    </figure>
  `;
}

/**
 * @param {App} app
 * @param {string} text
 * @param {string} label
 */
export function copyButton(app, text, label) {
  return html`
    <button class="ghost small copy" title=${app.t(label)} aria-label=${app.t(label)} @click=${() => copy(app, text)}>
      ${icon("copy")}
    </button>
  `;
}

/**
 * @param {App} app
 * @param {string} text
 */
async function copy(app, text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No clipboard without https or permission: the way of before it.
    const box = Object.assign(document.createElement("textarea"), { value: text });
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  app.toast(app.t("copied"));
  announce(app.t("copied"));
}
