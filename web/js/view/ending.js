/**
 * Endings that are no answer. Each looks like what it is, says what happened and what can be done.
 *
 * @import {App} from "../app.js"
 * @import {Turn} from "../types.js"
 */

import { endingOf, moreOf, sentenceOf } from "../endings.js";
import { html, nothing } from "../html.js";
import { icon } from "../icons.js";

/** @type {Record<string, import("../icons.js").IconName>} */
const ICONS = { timed_out: "clock", refused: "no", stopped: "stop", gone: "clock", rejected: "warn", failed: "warn" };

/**
 * @param {App} app
 * @param {Turn} turn
 */
export function endingView(app, turn) {
  const ending = endingOf(turn);
  const more = moreOf(turn);
  const again = () => app.chat.ask(turn.question, { replaces: turn, dataset: turn.dataset });
  return html`
    <section class="ending boxed ${ending}">
      <h3 class="kind">${icon(ICONS[ending] ?? "warn")} ${app.t(`ending.${ending}`)}</h3>
      <p>${sentenceOf(app, turn)}</p>
      ${more ? html`<p class="quiet">${more}</p>` : nothing}
      ${turn.text ? html`<p class="prose partial">${turn.text}</p>` : nothing}
      <p class="actions">
        <button class="button" @click=${again}>${icon("again")} ${app.t("again")}</button>
        <button class="ghost" @click=${() => app.chat.edit(turn)}>${icon("pencil")} ${app.t("edit")}</button>
        ${turn.messages.length
          ? html`<button
              class="ghost"
              title=${app.t("log.title")}
              aria-label=${app.t("log.title")}
              @click=${() => app.showPanel({ kind: "log", turn })}
            >
              ${icon("log")}
            </button>`
          : nothing}
      </p>
    </section>
  `;
}
