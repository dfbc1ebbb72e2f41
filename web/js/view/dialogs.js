/**
 * What asks for a decision, and the word on what was done.
 *
 * @import {App} from "../app.js"
 */

import { html, nothing } from "../html.js";

/** @param {App} app */
export function dialogView(app) {
  return html`
    ${app.toasted ? html`<div class="toast">${app.toasted}</div>` : nothing}
    ${app.dialog ? frame(app, BODY[app.dialog.kind](app, app.dialog)) : nothing}
  `;
}

/**
 * @param {App} app
 * @param {unknown} body
 */
function frame(app, body) {
  return html`
    <div class="veil" @click=${(/** @type {Event} */ event) => event.target === event.currentTarget && app.ask(null)}>
      <div class="dialog" role="dialog" aria-modal="true" aria-labelledby="dialog-title">${body}</div>
    </div>
  `;
}

/** @type {Record<string, (app: App, dialog: any) => unknown>} */
const BODY = {
  forget: (app, { conversation }) =>
    sureView(app, app.t("forget.title"), app.t("forget.more", { title: conversation.title }), () => app.history.forget(conversation.id)),
  keys: (app) => html`
    <h2 id="dialog-title">${app.t("keys.title")}</h2>
    <dl class="facts keys">
      ${["enter", "shift_enter", "escape", "arrows", "slash"].map(
        (name) => html`<dt><kbd>${app.t(`keys.${name}`)}</kbd></dt><dd>${app.t(`keys.${name}.does`)}</dd>`,
      )}
    </dl>
    <p class="edit-row"><button class="button" @click=${() => app.ask(null)}>${app.t("close")}</button></p>
  `,
};

/**
 * @param {App} app
 * @param {string} title
 * @param {string} more
 * @param {() => void} act
 */
function sureView(app, title, more, act) {
  return html`
    <h2 id="dialog-title">${title}</h2>
    <p>${more}</p>
    <p class="edit-row">
      <button class="ghost" @click=${() => app.ask(null)}>${app.t("cancel")}</button>
      <button
        class="button danger"
        @click=${() => {
          app.ask(null);
          act();
        }}
      >
        ${app.t("delete")}
      </button>
    </p>
  `;
}
