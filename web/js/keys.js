/**
 * Keys that work anywhere on the page.
 *
 * @import {App} from "./app.js"
 */

import { questionBox } from "./view/composer.js";

/** @param {App} app */
export function listenToKeys(app) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.metaKey || event.ctrlKey || event.altKey) return;
    const writing = /** @type {HTMLElement} */ (event.target).closest("input, textarea, select");
    if (event.key === "/" && !writing) {
      event.preventDefault();
      questionBox().focus();
    } else if (event.key === "?" && !writing) {
      app.ask({ kind: "keys" });
    } else if (event.key === "Escape") {
      escape(app);
    }
  });
}

/** Close what is open, the topmost first; else stop the work. @param {App} app */
function escape(app) {
  if (app.dialog) return app.ask(null);
  if (app.panel) return app.showPanel(null);
  if (app.sidebarOpen) return app.showSidebar(false);
  if (app.chat.editing) return app.chat.edit(null);
  const running = app.chat.running();
  if (running && running.phase !== "stopping") void app.chat.stop(running);
}
