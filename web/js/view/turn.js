/**
 * One turn: the question, the work, the answer.
 *
 * @import {App} from "../app.js"
 * @import {Turn} from "../types.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";
import { dressed, later } from "../later.js";
import { isOver } from "../turn.js";
import { endingView } from "./ending.js";
import { timelineView } from "./timeline.js";
import { versions } from "../versions.js";

const BLOCK_CHARS = 4_000;

/** Answers come some time after their question: what shows them need not be there before. */
export const answers = later(() => dressed(import("./answer.js"), "answer"));

/**
 * @param {App} app
 * @param {Turn} turn
 */
export function turnView(app, turn) {
  return html`
    ${questionView(app, turn)} ${resolvedView(app, turn)}
    <div class="reply" aria-busy=${isOver(turn) ? "false" : "true"}>
      ${timelineView(app, turn)} ${replyView(app, turn)}
    </div>
  `;
}

/**
 * How a follow-up was read, unless it was read as it stands.
 *
 * @param {App} app
 * @param {Turn} turn
 */
function resolvedView(app, turn) {
  const resolved = turn.result?.resolved_question;
  if (!resolved || resolved === turn.question) return nothing;
  return html`<p class="resolved quiet">${app.t("answer.understood", { question: resolved })}</p>`;
}

/**
 * @param {App} app
 * @param {Turn} turn
 */
function replyView(app, turn) {
  if (turn.result) {
    const view = answers(() => app.changed())?.answerView(app, turn, turn.result);
    return view ?? html`<p class="prose">${turn.text}</p>`;
  }
  if (isOver(turn)) return endingView(app, turn);
  if (!turn.text) return nothing;
  return html`<p class="prose streaming">${blocks(turn.text)}<span class="caret"></span></p>`;
}

/**
 * A long text in blocks, of which only the last one changes while it grows: laying out the whole
 * with each piece would hold up everything else.
 *
 * @param {string} text
 */
function blocks(text) {
  if (text.length <= BLOCK_CHARS) return text;
  const found = [];
  let at = 0;
  while (text.length - at > BLOCK_CHARS) {
    const space = text.lastIndexOf(" ", at + BLOCK_CHARS);
    const end = space > at ? space + 1 : at + BLOCK_CHARS;
    found.push(html`<span class="block">${text.slice(at, end)}</span>`);
    at = end;
  }
  return html`${found}${text.slice(at)}`;
}

/**
 * @param {App} app
 * @param {Turn} turn
 */
function questionView(app, turn) {
  if (app.chat.editing === turn) return editView(app, turn);
  return html`
    <div class="asked">
      <h2 class="question">${turn.question}</h2>
      <div class="tools">
        ${versionsView(app, turn)}
        <button
          class="ghost small"
          title=${app.t("edit")}
          aria-label=${app.t("edit")}
          @click=${() => app.chat.edit(turn)}
        >
          ${icon("pencil")}
        </button>
        <button
          class="ghost small"
          title=${app.t("again")}
          aria-label=${app.t("again")}
          @click=${() => app.chat.ask(turn.question, { replaces: turn, dataset: turn.dataset })}
        >
          ${icon("again")}
        </button>
      </div>
    </div>
  `;
}

/**
 * The other versions of a question that was edited or asked again.
 *
 * @param {App} app
 * @param {Turn} turn
 */
function versionsView(app, turn) {
  const all = versions(app.chat.turns, turn);
  if (all.length < 2) return nothing;
  const at = all.indexOf(turn);
  return html`
    <span class="versions">
      <button
        class="ghost small"
        aria-label=${app.t("version.previous")}
        ?disabled=${at === 0}
        @click=${() => app.chat.show(all[at - 1])}
      >
        ${icon("left")}
      </button>
      <span aria-label=${app.t("version.of", { at: at + 1, n: all.length })}>${at + 1}/${all.length}</span>
      <button
        class="ghost small"
        aria-label=${app.t("version.next")}
        ?disabled=${at === all.length - 1}
        @click=${() => app.chat.show(all[at + 1])}
      >
        ${icon("right")}
      </button>
    </span>
  `;
}

/**
 * @param {App} app
 * @param {Turn} turn
 */
function editView(app, turn) {
  /** @param {Event} event */
  const again = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    const question = String(new FormData(form).get("question")).trim();
    if (question) app.chat.ask(question, { replaces: turn, dataset: turn.dataset });
  };
  /** @param {KeyboardEvent} event */
  const keys = (event) => {
    const box = /** @type {HTMLTextAreaElement} */ (event.target);
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      box.form?.requestSubmit();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      app.chat.edit(null);
    }
  };
  return html`
    <form class="edit" @submit=${again}>
      <textarea name="question" maxlength="8000" aria-label=${app.t("edit")} .value=${turn.question} @keydown=${keys}></textarea>
      <div class="edit-row">
        <button type="button" class="ghost" @click=${() => app.chat.edit(null)}>${app.t("cancel")}</button>
        <button class="button">${app.t("edit.run")}</button>
      </div>
    </form>
  `;
}
