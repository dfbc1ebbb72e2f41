/**
 * The log of a job as it stands in the store: each event, in order.
 *
 * @import {App} from "../app.js"
 * @import {Turn} from "../types.js"
 */

import "../elements/event_log.js";
import { html } from "../html.js";
import { icon } from "../icons.js";
import { save } from "../save.js";

/**
 * @param {App} app
 * @param {Turn} turn
 */
export function logView(app, turn) {
  return html`
    <p class="about">${turn.question}</p>
    <p class="quiet"><code>${turn.taskId}</code></p>
    ${turn.messages.length
      ? html`<p class="actions">
          <button
            class="ghost small"
            @click=${() => save(`log-${turn.taskId}.json`, JSON.stringify(turn.messages, null, 1), "application/json")}
          >
            ${icon("save")} JSON
          </button>
        </p>`
      : html`<p class="quiet">${app.t("log.gone")}</p>`}
    <event-log .app=${app} .messages=${turn.messages} .length=${turn.messages.length}></event-log>
  `;
}
