/**
 * What asks for a decision, and the word on what was done. Dialogs are the browser's own, which
 * keep the focus inside and give it back. Those who listen are told the word, so the sight of it is not
 * for them.
 *
 * @import {App, Dialog} from "../app.js"
 */

import { html, nothing } from "../html.js";

/** @param {App} app */
export function dialogView(app) {
  return html`
    ${app.toasted ? html`<div class="toast" aria-hidden="true">${app.toasted}</div>` : nothing}
    <dialog
      aria-labelledby="dialog-title"
      @cancel=${() => app.ask(null)}
      @click=${(/** @type {Event} */ event) => {
        if (event.target === event.currentTarget) app.ask(null);
      }}
    >
      ${app.dialog ? html`<div class="dialog">${BODY[app.dialog.kind](app, app.dialog)}</div>` : nothing}
    </dialog>
  `;
}

/** Open or close the browser's dialog as the page wants it. @param {App} app */
export function settleDialog(app) {
  const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector("#dialogs dialog"));
  if (app.dialog && !dialog?.open) dialog?.showModal();
  if (!app.dialog && dialog?.open) dialog.close();
}

/** @type {Record<string, (app: App, dialog: any) => unknown>} */
const BODY = {
  forget: (app, { conversation }) =>
    sureView(app, app.t("forget.title"), app.t("forget.more", { title: conversation.title }), () => app.history.forget(conversation.id)),
  remove: (app, { dataset }) =>
    sureView(app, app.t("remove.title"), app.t("remove.more", { title: dataset.title }), () => app.data.remove(dataset.id)),
  reason: reasonView,
  keys: (app) => html`
    <h2 id="dialog-title">${app.t("keys.title")}</h2>
    <dl class="facts keys">
      ${["enter", "shift_enter", "escape", "arrows", "slash", "help"].map(
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
      <button class="ghost" autofocus @click=${() => app.ask(null)}>${app.t("cancel")}</button>
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

/**
 * Why an answer was bad; the thumb stands without it.
 *
 * @param {App} app
 * @param {Extract<Dialog, {kind: "reason"}>} dialog
 */
function reasonView(app, { turn }) {
  /** @param {Event} event */
  const send = (event) => {
    event.preventDefault();
    const reason = String(new FormData(/** @type {HTMLFormElement} */ (event.currentTarget)).get("reason")).trim();
    app.ask(null);
    if (reason) void app.chat.rate(turn, { rating: "down", reason });
  };
  return html`
    <form @submit=${send}>
      <h2 id="dialog-title">${app.t("bad.title")}</h2>
      <textarea name="reason" rows="3" maxlength="2000" autofocus aria-labelledby="dialog-title" placeholder=${app.t("bad.hint")}></textarea>
      <p class="edit-row">
        <button type="button" class="ghost" @click=${() => app.ask(null)}>${app.t("bad.skip")}</button>
        <button class="button">${app.t("send")}</button>
      </p>
    </form>
  `;
}
