/**
 * Which conversation the address names.
 *
 * @import {App} from "./app.js"
 */

const CONVERSATION = /^\/c\/([0-9a-f]{24})$/;

/** @param {App} app */
export function route(app) {
  const go = () => app.chat.open(CONVERSATION.exec(location.pathname)?.[1] ?? null);
  addEventListener("popstate", go);
  const name = () => history.replaceState(null, "", `/c/${app.chat.id}`);
  app.addEventListener("named", name);
  app.addEventListener("leave", () => visit("/"));
  document.addEventListener("click", (event) => {
    const link = /** @type {HTMLElement} */ (event.target).closest("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin || link.download) return;
    if (event.defaultPrevented || event.button || event.metaKey || event.ctrlKey || event.shiftKey) return;
    if (link.pathname !== "/" && !CONVERSATION.test(link.pathname)) return;
    event.preventDefault();
    visit(link.pathname);
  });
  // Who asked while the page was still being made ready stays with that question.
  if (app.chat.id) name();
  else if (!app.chat.turns.length) go();

  /** @param {string} path */
  function visit(path) {
    history.pushState(null, "", path);
    go();
    document.getElementById("question")?.focus();
  }
}
