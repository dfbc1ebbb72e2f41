/**
 * The line above the conversation.
 *
 * @import {App} from "../app.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";

/** @param {App} app */
export function headView(app) {
  const { title } = app.chat;
  document.title = title ? `${title} – Tailrace` : "Tailrace";
  return html`
    <button
      class="ghost only-narrow"
      aria-label=${app.t("sidebar.open")}
      aria-expanded=${app.sidebarOpen ? "true" : "false"}
      @click=${() => app.showSidebar(!app.sidebarOpen)}
    >
      ${icon("menu")}
    </button>
    <h1 class="title">${title || html`<span class="for-ears">Tailrace</span>`}</h1>
    ${app.chat.id
      ? html`<a
          class="ghost"
          href="/api/conversations/${app.chat.id}/export"
          download
          title=${app.t("conversation.export")}
          aria-label=${app.t("conversation.export")}
        >
          ${icon("save")}
        </a>`
      : nothing}
    <button class="ghost" @click=${() => app.showPanel({ kind: "datasets" })}>
      ${icon("table")}<span class="label">${app.t("datasets.title")}</span>
    </button>
  `;
}
