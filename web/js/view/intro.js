/**
 * What an empty conversation shows: the tables there are, and questions to begin with.
 *
 * @import {App} from "../app.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";

/** @param {App} app */
export function introView(app) {
  if (app.chat.turns.length) return nothing;
  if (app.chat.trouble) return troubleView(app);
  if (app.chat.id) return nothing;
  const profile = app.data.profiles.get(app.data.chosen);
  return html`
    <section class="intro">
      <h2 class="hero">${app.t("intro.title")}</h2>
      <p class="lead">${app.t("intro.lead")}</p>
      <div class="cards" role="radiogroup" aria-label=${app.t("datasets.choose")}>
        ${app.data.datasets.map((dataset) => cardView(app, dataset))}
      </div>
      ${profile?.questions.length
        ? html`<div class="tries">
            <h3>${app.t("intro.try")}</h3>
            ${profile.questions.map(
              (question) => html`<button class="chip" @click=${() => app.chat.ask(question)}>${question}</button>`,
            )}
          </div>`
        : nothing}
    </section>
  `;
}

/**
 * @param {App} app
 * @param {import("../types.js").DatasetBrief} dataset
 */
function cardView(app, dataset) {
  const chosen = dataset.id === app.data.chosen;
  return html`
    <button
      class="card dataset"
      role="radio"
      aria-checked=${chosen ? "true" : "false"}
      @click=${() => app.data.choose(chosen ? "" : dataset.id)}
    >
      <span class="card-title">${icon("table")} ${dataset.title}</span>
      <span class="card-text">${dataset.description}</span>
      <span class="card-facts">
        ${app.t("datasets.rows", { n: dataset.rows })} · ${app.t("datasets.columns", { n: dataset.columns })}
      </span>
    </button>
  `;
}

/** @param {App} app */
function troubleView(app) {
  if (app.chat.trouble === "loading") {
    return html`<p class="lead wait" aria-busy="true">${app.t("conversation.loading")}</p>`;
  }
  return html`
    <section class="intro">
      <p class="lead">${app.t(`conversation.${app.chat.trouble}`)}</p>
      <p><a class="button" href="/">${app.t("sidebar.new")}</a></p>
    </section>
  `;
}
