/**
 * Files for the person: made here, or by the server.
 *
 * @import {App} from "./app.js"
 */

import * as api from "./api.js";

/**
 * @param {string} name
 * @param {Blob | string} content
 * @param {string} [type]
 */
export function save(name, content, type = "text/plain") {
  const blob = content instanceof Blob ? content : new Blob([content], { type });
  const url = URL.createObjectURL(blob);
  saveUrl(name, url);
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * @param {string} name
 * @param {string} url
 */
export function saveUrl(name, url) {
  const link = Object.assign(document.createElement("a"), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
}

/**
 * Fetch a file that may take a while to make, and may be refused: a browser's own download would
 * not say why.
 *
 * @param {App} app
 * @param {string} path
 */
export async function download(app, path) {
  app.toast(app.t("download.coming"));
  try {
    const { name, content } = await api.file(path);
    save(name, content);
  } catch (error) {
    app.toast(app.sorry(error));
  }
}
