/**
 * The panel at the side: the tables, one of them, or the log of a job.
 *
 * @import {App} from "../app.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";
import { datasetsView } from "./datasets.js";
import { logView } from "./log.js";
import { profileView } from "./profile.js";

/** @param {App} app */
export function panelView(app) {
  const { panel } = app;
  if (!panel) return nothing;
  const title = panel.kind === "dataset" ? app.data.titleOf(panel.id) : app.t(panel.kind === "log" ? "log.title" : "datasets.title");
  return html`
    <header class="panel-head">
      ${panel.kind === "dataset"
        ? html`<button
            class="ghost small"
            aria-label=${app.t("datasets.back")}
            title=${app.t("datasets.back")}
            @click=${() => app.showPanel({ kind: "datasets" })}
          >
            ${icon("left")}
          </button>`
        : nothing}
      <h2 tabindex="-1">${title}</h2>
      <button class="ghost small" aria-label=${app.t("close")} title=${app.t("close")} @click=${() => app.showPanel(null)}>
        ${icon("close")}
      </button>
    </header>
    ${panel.kind === "datasets" ? datasetsView(app) : nothing}
    ${panel.kind === "dataset" ? profileView(app, panel.id) : nothing}
    ${panel.kind === "log" ? logView(app, panel.turn) : nothing}
  `;
}
