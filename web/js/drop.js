/**
 * Files that are dropped on the page.
 *
 * @import {App} from "./app.js"
 */

/**
 * A file may be dropped anywhere on the page.
 *
 * @param {App} app
 */
export function takeDroppedFiles(app) {
  const carriesFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes("Files");
  /** @param {boolean} over */
  const show = (over) => {
    if (over === app.dropping) return;
    app.dropping = over;
    document.documentElement.dataset.drop = over ? "over" : "";
    app.changed();
  };
  addEventListener("dragover", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(true);
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) show(false);
  });
  addEventListener("drop", (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    show(false);
    app.showPanel({ kind: "datasets" });
    void app.take([...(event.dataTransfer?.files ?? [])]);
  });
}
