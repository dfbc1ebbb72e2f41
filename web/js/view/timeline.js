/**
 * The work on a question as it happens: a line with a stop for each step. When the work is over it
 * folds to one line that opens again.
 *
 * @import {App} from "../app.js"
 * @import {Step, Turn} from "../types.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";
import { doing, isOver } from "../turn.js";
import { dressed, later } from "../later.js";

/** What a step found in full; nobody opens a step in the page's first moments. */
const steps = later(() => dressed(import("./step.js"), "answer"));

/**
 * @param {App} app
 * @param {Turn} turn
 */
export function timelineView(app, turn) {
  if (!isOver(turn)) return html`<div class="timeline">${stopsView(app, turn)}</div>`;
  if (!turn.steps.length) return keptWorkView(app, turn);
  return html`
    <details class="timeline past" ?open=${turn.unfolded}>
      <summary>${icon(turn.phase === "completed" ? "done" : "log")} <span>${summary(app, turn)}</span> ${icon("down")}</summary>
      ${stopsView(app, turn)}
    </details>
  `;
}

/**
 * @param {App} app
 * @param {Turn} turn
 */
function summary(app, turn) {
  const steps = app.t("timeline.steps", { n: turn.steps.length });
  const ms = elapsedMs(turn);
  return ms === null ? steps : `${steps} · ${app.words.duration(ms)}`;
}

/**
 * The work on a turn of an earlier visit: its log is asked for when somebody wants to see it, and
 * when that has expired, what the answer keeps of it is shown.
 *
 * @param {App} app
 * @param {Turn} turn
 */
function keptWorkView(app, turn) {
  if (!turn.result?.query) return nothing;
  return html`
    <details
      class="timeline past"
      @toggle=${(/** @type {Event} */ event) => {
        turn.unfolded = /** @type {HTMLDetailsElement} */ (event.currentTarget).open;
        if (turn.unfolded) void app.chat.recall(turn);
      }}
    >
      <summary>${icon("done")} <span>${app.t("timeline.kept")}</span> ${icon("down")}</summary>
      <div class="step-body">${steps(() => app.changed(turn))?.keptBody(app, turn.result)}</div>
    </details>
  `;
}

/** From the question to the last message, by the store's clock. @param {Turn} turn */
export function elapsedMs(turn) {
  const [first] = turn.messages;
  if (first && turn.final) return Date.parse(turn.final.at) - Date.parse(first.at);
  return turn.result?.cost?.elapsed_ms ?? null;
}

/**
 * @param {App} app
 * @param {Turn} turn
 */
function stopsView(app, turn) {
  return html`
    <ol class="stops">
      ${turn.steps.map((step) => stopView(app, turn, step))} ${nowView(app, turn)}
    </ol>
  `;
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {Step} step
 */
function stopView(app, turn, step) {
  const runs = step.endedMs === null && !isOver(turn);
  const state = runs ? "now" : "done";
  return html`
    <li class="stop-at ${state}" data-step=${step.name}>
      <details>
        <summary>
          <span class="dot"></span>
          <span class="step-title">${stepTitle(app, turn, step, state)}</span>
          <span class="step-note">${stepNote(app, step)}</span>
          ${runs
            ? html`<time data-since=${step.beganHereMs}></time>`
            : html`<time>${app.words.duration((step.endedMs ?? step.beganMs) - step.beganMs)}</time>`}
        </summary>
        <div class="step-body">${steps(() => app.changed(turn))?.stepBody(app, turn, step)}</div>
      </details>
    </li>
  `;
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {Step} step
 * @param {"now" | "done"} state
 */
function stepTitle(app, turn, step, state) {
  const table = turn.steps.find(({ name }) => name === "intent")?.data.dataset;
  const n = step.name === "query" && state === "now" ? app.data.find(table)?.rows : undefined;
  return n ? app.t("step.query.now_rows", { n }) : app.t(`step.${step.name}.${state}`);
}

/**
 * What is waited for when no step runs.
 *
 * @param {App} app
 * @param {Turn} turn
 */
function nowView(app, turn) {
  const now = doing(turn);
  if (!now || turn.steps.some((step) => step.name === now && step.endedMs === null)) return nothing;
  return html`
    <li class="stop-at now" data-step=${now}>
      <div class="row">
        <span class="dot"></span>
        <span class="step-title">${nowTitle(app, turn, now)}</span>
        <span class="step-note">${nowNote(app, turn, now)}</span>
        <time data-since=${turn.beganHereMs}></time>
      </div>
    </li>
  `;
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {string} now
 */
function nowTitle(app, turn, now) {
  if (now === "sending" && turn.sendNote) return app.t(turn.sendNote);
  if (now === "waiting" && turn.place) {
    return app.t(turn.place.workers ? "timeline.place" : "timeline.no_worker", { n: turn.place.place });
  }
  if (now === "waiting" && turn.attempt) return app.t("timeline.thinking");
  return app.t(`timeline.${now}`);
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {string} now
 */
function nowNote(app, turn, now) {
  if (now === "sending" && turn.sendNote) {
    return html`${app.t("send.again_in")} <time data-until=${turn.sendAgainAtMs}></time>`;
  }
  if (now === "retrying" && turn.retry) {
    const why = `retry.${turn.retry.reason}`;
    return html`${app.words.has(why) ? app.t(why) : turn.retry.said} <time data-until=${turn.retry.atMs}></time>`;
  }
  const start = turn.place?.expected_start_s;
  if (now === "waiting" && start) return app.t("timeline.expected", { time: app.words.duration(start * 1000) });
  return nothing;
}

/**
 * What a step found, in a few words.
 *
 * @param {App} app
 * @param {Step} step
 * @returns {unknown}
 */
function stepNote(app, step) {
  const { data } = step;
  if (step.name === "intent" && data.intent) return app.t(`intent.${data.intent}`);
  if (step.name === "plan" && data.plan) return data.plan;
  if (step.name === "query" && data.rows !== undefined) return app.t("step.query.rows", { n: data.rows });
  return nothing;
}
