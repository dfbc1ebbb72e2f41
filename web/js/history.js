/**
 * The conversations there have been.
 *
 * @import {App} from "./app.js"
 * @import {ConversationBrief} from "./types.js"
 */

import { persist } from "./again.js";
import * as api from "./api.js";

const TYPING_MS = 200;

export class History {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {ConversationBrief[]} */
    this.conversations = [];
    /** Whether the server has told of any, or that there are none. */
    this.loaded = false;
    this.query = "";
    /** @type {string | null} where the list goes on */
    this.next = null;
    /** @type {string | null} the conversation whose title is being changed */
    this.renaming = null;
    this.typing = 0;
    this.asked = 0;
  }

  async load() {
    await this.#page("");
  }

  /** The next page of the list. */
  async more() {
    await this.#page(this.next ?? "");
  }

  /** @param {string} before where the page begins; "" for the first */
  async #page(before) {
    const asked = ++this.asked;
    // A list that moves would take the title from under the hands of who is changing it.
    const wanted = () => asked === this.asked && !this.renaming;
    const found = await persist(() => api.conversations(this.query, before), wanted);
    if (!found || !wanted()) return;
    this.conversations = before ? [...this.conversations, ...found.conversations] : found.conversations;
    this.next = found.next ?? null;
    this.loaded = true;
    this.app.changed();
  }

  /** @param {string} query */
  search(query) {
    this.query = query;
    this.asked += 1; // what is on its way answers another question
    clearTimeout(this.typing);
    this.typing = setTimeout(() => this.load(), TYPING_MS);
  }

  /** @param {string | null} id */
  startRename(id) {
    this.renaming = id;
    this.app.changed();
    if (!id) return void this.load();
    requestAnimationFrame(() => {
      const box = /** @type {HTMLInputElement | null} */ (document.querySelector("input.rename"));
      box?.focus();
      box?.select();
    });
  }

  /**
   * @param {string} id
   * @param {string} title
   */
  async rename(id, title) {
    if (this.renaming !== id) return;
    this.renaming = null;
    const conversation = this.conversations.find((other) => other.id === id);
    if (conversation && title && title !== conversation.title) {
      conversation.title = title;
      if (this.app.chat.id === id) this.app.chat.title = title;
      await this.#settle(api.rename(id, title));
    }
    this.app.changed();
  }

  /** @param {string} id */
  async forget(id) {
    this.conversations = this.conversations.filter((other) => other.id !== id);
    this.app.changed();
    await this.#settle(api.forget(id));
    if (this.app.chat.id === id) this.app.dispatchEvent(new Event("leave"));
  }

  /** Wait for a change, then show what is; a change that failed says so. @param {Promise<unknown>} change */
  async #settle(change) {
    try {
      await change;
    } catch (error) {
      this.app.toast(this.app.sorry(error));
    }
    await this.load();
  }
}
