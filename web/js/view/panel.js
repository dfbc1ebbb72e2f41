/**
 * The panel at the side: the tables, one of them, or the log of a job.
 *
 * @import {App, Panel} from "../app.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";
import { datasetsView } from "./datasets.js";
import { describeView } from "./describe.js";
import { logView } from "./log.js";
import { profileView } from "./profile.js";

/** @param {App} app */
export function panelView(app) {
  const { panel } = app;
  if (!panel) return nothing;
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
      <h2 tabindex="-1">${titleOf(app, panel)}</h2>
      <button class="ghost small" aria-label=${app.t("close")} title=${app.t("close")} @click=${() => app.showPanel(null)}>
        ${icon("close")}
      </button>
    </header>
    ${panel.kind === "datasets" ? datasetsView(app) : nothing}
    ${panel.kind === "dataset" ? profileView(app, panel.id) : nothing}
    ${panel.kind === "describe" ? describeView(app, panel) : nothing}
    ${panel.kind === "log" ? logView(app, panel.turn) : nothing}
  `;
}

/**
 * @param {App} app
 * @param {Panel} panel
 */
function titleOf(app, panel) {
  if (panel.kind === "dataset") return app.data.titleOf(panel.id);
  if (panel.kind === "describe") return app.t("describe.of", { title: app.data.titleOf(panel.id) });
  return app.t(panel.kind === "log" ? "log.title" : "datasets.title");
}
