/**
 * The answer: its kind, its text with each number bound to its cell, chart, table, what it stands
 * on, and what can be done next.
 *
 * @import {App} from "../app.js"
 * @import {Part, Result, Turn} from "../types.js"
 */

import "../elements/data_grid.js";
import "../elements/vega_chart.js";
import { isRich } from "../elements/rich_text.js";
import { html, nothing } from "../html.js";
import { icon } from "../icons.js";
import { coverageView } from "./coverage.js";
import { actionsView } from "./actions.js";

/** @type {Record<string, string>} what an older result's type says of its kind */
const KIND_OF_TYPE = {
  cannot_answer: "refused",
  clarification: "clarification",
  help_response: "help",
  unrelated_response: "refused",
  conversation_end: "help",
};

/** @type {Record<string, import("../icons.js").IconName>} kinds that are announced by a heading */
const HEADED = {
  empty: "empty",
  truncated: "cut",
  refused: "no",
  out_of_data: "calendar",
  timed_out: "clock",
  failed: "warn",
  clarification: "question",
};

/** @param {Result} result */
export function kindOf(result) {
  if (result.kind) return result.kind;
  if (result.table && result.table.total_rows === 0) return "empty";
  return KIND_OF_TYPE[result.type] ?? "answer";
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {Result} result
 */
export function answerView(app, turn, result) {
  const kind = kindOf(result);
  return html`
    <section
      class="result ${kind in HEADED ? `boxed ${kind}` : ""}"
      @mouseover=${showCell}
      @focusin=${showCell}
      @mouseout=${hideCell}
      @focusout=${hideCell}
      @cellhover=${showNumber}
    >
      ${kind in HEADED ? html`<h3 class="kind">${icon(HEADED[kind])} ${app.t(`kind.${kind}`)}</h3>` : nothing}
      ${proseView(result)}
      ${coverageView(app, result)} ${evidenceView(app, turn, result)} ${actionsView(app, turn, result)}
      ${nextView(app, turn, result, kind)}
    </section>
  `;
}

/** @param {Result} result */
function proseView(result) {
  const parts = result.parts?.length ? result.parts : [{ text: result.answer }];
  if (isRich(result.answer)) return html`<rich-text class="prose" .draw=${partView} .parts=${parts}></rich-text>`;
  return html`<p class="prose">${parts.map(partView)}</p>`;
}

/** @param {Part} part */
function partView(part) {
  if (part.cell) {
    const [row, column] = part.cell;
    return html`<a class="num" href="#cell" data-cell="${row},${column}" @click=${goToCell}>${part.text}</a>`;
  }
  if (part.field) return html`<a class="num of-coverage" href="#coverage" data-field=${part.field} @click=${goToCoverage}>${part.text}</a>`;
  return part.text;
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {Result} result
 */
function evidenceView(app, turn, result) {
  const { table, chart } = result;
  if (!table?.columns.length) return nothing;
  const slim = table.columns.length <= 2;
  const cited = (result.parts ?? []).flatMap(({ cell }) => (cell ? [cell.join()] : []));
  return html`
    <div class="evidence ${slim ? "slim" : ""} ${chart && slim ? "pair" : ""}">
      ${chart
        ? html`<vega-chart .app=${app} .spec=${chart} .table=${table} .label=${turn.question}></vega-chart>`
        : nothing}
      <data-grid .app=${app} .table=${table} .cited=${cited.join(" ")} .task=${turn.taskId}></data-grid>
    </div>
  `;
}

/**
 * What to ask next; for a clarification these are the answers to choose from.
 *
 * @param {App} app
 * @param {Turn} turn
 * @param {Result} result
 * @param {string} kind
 */
function nextView(app, turn, result, kind) {
  const next = result.suggestions ?? [];
  if (!next.length) return nothing;
  const dataset = turn.dataset || result.dataset || "";
  return html`
    <div class="next ${kind === "clarification" ? "choices" : ""}" role="group" aria-label=${app.t("answer.next")}>
      ${next.map(
        (question) => html`<button class="chip" @click=${() => app.chat.ask(question, { dataset })}>${question}</button>`,
      )}
    </div>
  `;
}

// A number and its cell show each other.

/** @param {Event} event */
function numberOf(event) {
  return /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest(".num[data-cell]"));
}

/** @param {Event} event */
function gridOf(event) {
  const section = /** @type {HTMLElement} */ (event.currentTarget).closest(".result");
  return /** @type {import("../elements/data_grid.js").DataGrid | null} */ (section?.querySelector("data-grid"));
}

/** @param {Event} event */
function showCell(event) {
  const cell = numberOf(event)?.dataset.cell;
  if (cell) gridOf(event)?.mark(cell);
}

/** @param {Event} event */
function hideCell(event) {
  if (numberOf(event)) gridOf(event)?.mark(null);
}

/** @param {Event} event */
function goToCell(event) {
  event.preventDefault();
  const cell = numberOf(event)?.dataset.cell;
  if (cell) gridOf(event)?.reveal(cell);
}

/** @param {Event} event */
function goToCoverage(event) {
  event.preventDefault();
  const section = /** @type {HTMLElement} */ (event.currentTarget).closest(".result");
  const details = /** @type {HTMLDetailsElement | null} */ (section?.querySelector("details.coverage"));
  if (!details) return;
  details.open = true;
  details.querySelector("summary")?.focus();
}

/** @param {CustomEvent<string | null>} event */
function showNumber(event) {
  const section = /** @type {HTMLElement} */ (event.currentTarget);
  for (const number of section.querySelectorAll(".num[data-cell]")) {
    number.classList.toggle("lit", /** @type {HTMLElement} */ (number).dataset.cell === event.detail);
  }
}
