/**
 * The panel at the side: the tables, or the log of a job.
 *
 * @import {App} from "../app.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";

/** @param {App} app */
export function panelView(app) {
  const { panel } = app;
  if (!panel) return nothing;
  return html`
    <header class="panel-head">
      <h2>${app.t(panel.kind === "log" ? "log.title" : "datasets.title")}</h2>
      <button class="ghost small" aria-label=${app.t("close")} @click=${() => app.showPanel(null)}>${icon("close")}</button>
    </header>
    ${panel.kind === "log" ? nothing : app.data.datasets.map(({ title }) => html`<p>${title}</p>`)}
  `;
}
