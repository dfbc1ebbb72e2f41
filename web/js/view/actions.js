/**
 * Under an answer: who answered, how long it took and what it cost; receipt, copy, log, thumbs.
 *
 * @import {App} from "../app.js"
 * @import {Result, Turn} from "../types.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";
import { save } from "../save.js";
import { copyButton, plannerText } from "./step.js";
import { elapsedMs } from "./timeline.js";

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {Result} result
 */
export function actionsView(app, turn, result) {
  const { receipt } = result;
  return html`
    <div class="under">
      <span class="made-by">${madeBy(app, turn, result)}</span>
      <span class="acts">
        ${receipt
          ? html`<button
              class="ghost small"
              title=${app.t("receipt.more")}
              @click=${() => save(`receipt-${turn.taskId}.json`, JSON.stringify(receipt, null, 2), "application/json")}
            >
              ${icon("receipt")}<span class="label">${app.t("receipt")}</span>
            </button>`
          : nothing}
        ${copyButton(app, result.answer, "answer.copy")}
        <button
          class="ghost small"
          title=${app.t("log.title")}
          aria-label=${app.t("log.title")}
          @click=${() => {
            app.showPanel({ kind: "log", turn });
            void app.chat.recall(turn);
          }}
        >
          ${icon("log")}
        </button>
        ${thumbView(app, turn, "up")} ${thumbView(app, turn, "down")}
      </span>
    </div>
  `;
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {Result} result
 */
function madeBy(app, turn, result) {
  const { cost, planner } = result;
  const ms = cost?.elapsed_ms ?? elapsedMs(turn);
  const tokens = (cost?.tokens_in ?? 0) + (cost?.tokens_out ?? 0);
  const words = [
    plannerText(app, planner),
    ms !== null && ms !== undefined ? app.words.duration(ms) : "",
    tokens ? app.t("cost.tokens", { n: tokens }) : "",
    cost?.usd ? new Intl.NumberFormat(app.words.locale, { style: "currency", currency: "USD", maximumSignificantDigits: 2 }).format(cost.usd) : "",
  ];
  return words.filter(Boolean).join(" · ");
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {"up" | "down"} rating
 */
function thumbView(app, turn, rating) {
  return html`
    <button
      class="ghost small thumb ${rating}"
      title=${app.t(`feedback.${rating}`)}
      aria-label=${app.t(`feedback.${rating}`)}
      aria-pressed=${turn.feedback?.rating === rating ? "true" : "false"}
      @click=${() => rate(app, turn, rating)}
    >
      ${icon("up")}
    </button>
  `;
}

/**
 * A thumb pressed again takes it back; a thumb down may say why.
 *
 * @param {App} app
 * @param {Turn} turn
 * @param {"up" | "down"} rating
 */
function rate(app, turn, rating) {
  const again = turn.feedback?.rating === rating;
  void app.chat.rate(turn, { rating: again ? null : rating });
  if (rating === "down" && !again) app.ask({ kind: "reason", turn });
}
