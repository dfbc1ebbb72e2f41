/**
 * Files on their way to becoming tables: sent, then read by a worker as a job of its own.
 *
 * @import {App} from "./app.js"
 * @import {Message} from "./types.js"
 */

import { announce } from "./announce.js";
import * as api from "./api.js";
import { reasonText } from "./endings.js";

/**
 * @typedef {object} Upload
 * @property {string} name of the file
 * @property {"sending" | "read" | "profile" | "publish" | "done" | "failed"} phase
 * @property {number | null} share of the phase that is done, 0 to 1; null: nobody knows
 * @property {string} said the last word on it
 * @property {string} dataset its table's id, once it is known
 */

export class Uploads {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {Upload[]} the newest first */
    this.all = [];
  }

  /** @param {Iterable<File>} files */
  add(files) {
    for (const file of files) void this.#send(file);
  }

  /** @param {Upload} upload */
  dismiss(upload) {
    this.all = this.all.filter((other) => other !== upload);
    this.app.changed();
  }

  /** @param {File} file */
  async #send(file) {
    /** @type {Upload} */
    const upload = { name: file.name, phase: "sending", share: 0, said: "", dataset: "" };
    this.all = [upload, ...this.all];
    this.app.changed();
    await this.app.introduced;
    try {
      const started = await api.upload(file, (share) => {
        upload.share = share;
        this.app.changed();
      });
      upload.phase = "read";
      upload.share = null;
      upload.dataset = started.dataset_id;
      this.app.chat.stream.follow(started.task_id, {
        onMessages: (messages) => messages.forEach((message) => this.#heard(upload, message)),
        onGone: () => this.#ended(upload, "failed", this.app.t("ending.gone.more")),
      });
      this.app.changed();
    } catch (error) {
      this.#ended(upload, "failed", this.app.sorry(error));
    }
  }

  /**
   * @param {Upload} upload
   * @param {Message} message
   */
  #heard(upload, message) {
    const { type, data, content } = message;
    if (type === "completed") void this.#ended(upload, "done", this.app.t("upload.ready", { n: data.result.rows }));
    else if (type === "cancelled") void this.#ended(upload, "failed", this.app.t("upload.stopped"));
    else if (type === "failed") {
      const own = reasonText(this.app, data.reason, "");
      void this.#ended(upload, "failed", own && own !== content ? `${own} ${content}` : content);
    } else if (type === "step_started") Object.assign(upload, { phase: data.step, share: null });
    else if (type === "progress") upload.share = data.fraction;
    this.app.changed();
  }

  /**
   * @param {Upload} upload
   * @param {"done" | "failed"} phase
   * @param {string} said
   */
  async #ended(upload, phase, said) {
    upload.phase = phase;
    upload.said = said;
    announce(`${upload.name}: ${said}`);
    if (phase === "done") {
      await this.app.data.load();
      if (this.app.data.find(upload.dataset)) {
        this.app.data.choose(upload.dataset);
        this.app.showPanel({ kind: "dataset", id: upload.dataset });
      }
    }
    this.app.changed();
  }
}
