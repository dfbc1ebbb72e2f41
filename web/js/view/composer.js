/**
 * Where questions are written: the text, the table, Send and Stop; above it one line when
 * something is wrong.
 *
 * @import {App} from "../app.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";

/** @param {App} app */
export function footView(app) {
  const running = app.chat.running();
  return html`
    ${noticeView(app)}
    <form
      class="composer"
      @submit=${(/** @type {Event} */ event) => {
        event.preventDefault();
        submit(app);
      }}
    >
      <label class="for-ears" for="question">${app.t("composer.label")}</label>
      <textarea
        id="question"
        rows="1"
        maxlength="8000"
        autocomplete="off"
        enterkeyhint="send"
        placeholder=${app.t(app.chat.turns.length ? "composer.follow_up" : "composer.first")}
        @input=${(/** @type {InputEvent} */ event) => grow(/** @type {HTMLTextAreaElement} */ (event.target))}
        @keydown=${(/** @type {KeyboardEvent} */ event) => keys(app, event)}
      ></textarea>
      <div class="composer-row">
        <label class="pick">
          ${icon("table")}
          <select
            aria-label=${app.t("datasets.choose")}
            @change=${(/** @type {Event} */ event) => app.data.choose(/** @type {HTMLSelectElement} */ (event.target).value)}
          >
            <option value="" ?selected=${app.data.chosen === ""}>${app.t("datasets.any")}</option>
            ${app.data.datasets.map(
              ({ id, title }) => html`<option value=${id} ?selected=${id === app.data.chosen}>${title}</option>`,
            )}
          </select>
        </label>
        <span class="spring"></span><span class="hint" aria-hidden="true">${app.t("composer.hint")}</span>
        ${running
          ? html`<button type="button" class="stop" ?disabled=${running.phase === "stopping"} @click=${() => app.chat.stop(running)}>
              ${icon("stop")} ${app.t(running.phase === "stopping" ? "stopping" : "stop")}
            </button>`
          : nothing}
        <button class="send" aria-label=${app.t("send")} title=${app.t("send")}>${icon("send")}</button>
      </div>
    </form>
  `;
}

/**
 * One line when events don't come as they happen: what it is, and what happens next.
 *
 * @param {App} app
 */
function noticeView(app) {
  if (app.dropping) return html`<p class="notice good">${icon("upload")} ${app.t("upload.drop_here")}</p>`;
  if (app.data.unreachable) return html`<p class="notice">${icon("plug")} ${app.t("conversation.unreachable")}</p>`;
  const { state, reason } = app.chat.stream.condition;
  if (state === "live" || state === "idle") return nothing;
  if (state === "reconnecting" && !reason) return nothing; // just beginning
  return html`<p class="notice">${icon("plug")} ${app.t(state === "offline" ? "live.offline" : `live.${state}.${reason}`)}</p>`;
}

/** @returns {HTMLTextAreaElement} */
export function questionBox() {
  return /** @type {HTMLTextAreaElement} */ (document.getElementById("question"));
}

/** @param {HTMLTextAreaElement} box */
function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 220)}px`;
}

/** @param {App} app */
function submit(app) {
  const box = questionBox();
  const question = box.value.trim();
  if (!question) return box.focus();
  box.value = "";
  grow(box);
  app.chat.ask(question);
}

/**
 * Enter sends, Shift+Enter breaks the line, the arrows bring back what was asked before.
 *
 * @param {App} app
 * @param {KeyboardEvent} event
 */
function keys(app, event) {
  if (event.isComposing) return;
  const box = /** @type {HTMLTextAreaElement} */ (event.target);
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit(app);
  } else if (event.key === "ArrowUp" && box.selectionEnd === 0) {
    recall(app, box, event, -1);
  } else if (event.key === "ArrowDown" && [0, box.value.length].includes(box.selectionStart)) {
    recall(app, box, event, 1);
  }
}

/**
 * @param {App} app
 * @param {HTMLTextAreaElement} box
 * @param {KeyboardEvent} event
 * @param {1 | -1} direction
 */
function recall(app, box, event, direction) {
  const asked = [...new Set(app.chat.turns.map(({ question }) => question))];
  const at = asked.indexOf(box.value);
  const next = at < 0 ? (direction < 0 ? asked.length - 1 : -1) : at + direction;
  if (next < -1 || (at < 0 && box.value)) return;
  const text = asked[next];
  if (text === undefined && direction < 0) return;
  event.preventDefault();
  box.value = text ?? "";
  grow(box);
  const end = direction < 0 ? 0 : box.value.length;
  box.setSelectionRange(end, end);
}
