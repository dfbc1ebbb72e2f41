/**
 * What the page knows, and what a person can do with it. Views read an App and call the actions of
 * its parts; an action changes something and says so by `changed`.
 *
 * @import {ConversationBrief, DatasetBrief, Turn} from "./types.js"
 * @import {Uploads} from "./uploads.js"
 * @import {Words} from "./i18n.js"
 */

import { announce } from "./announce.js";
import { ApiError } from "./api.js";
import { Chat } from "./chat.js";
import { Data } from "./data.js";
import { History } from "./history.js";
import { loadWords, pickLanguage } from "./i18n.js";
import { remember } from "./settings.js";

/**
 * @typedef {{kind: "datasets"} | {kind: "dataset", id: string} | {kind: "log", turn: Turn} |
 *     {kind: "describe", id: string, faults: Map<string, string>, saving: boolean}} Panel
 */

/**
 * @typedef {{kind: "forget", conversation: ConversationBrief} | {kind: "remove", dataset: DatasetBrief} |
 *     {kind: "reason", turn: Turn} | {kind: "keys"}} Dialog
 */

const TOAST_MS = 2400;

export class App extends EventTarget {
  /** @param {Words} words */
  constructor(words) {
    super();
    this.words = words;
    this.data = new Data(this);
    /** The first answer, which brings the cookie that says who this is: nothing is sent before. */
    this.introduced = this.data.load();
    this.history = new History(this);
    this.chat = new Chat(this);
    /** @type {Uploads | null} what brings files in, from the first file on */
    this.uploads = null;
    /** @type {Panel | null} */
    this.panel = null;
    /** @type {Dialog | null} */
    this.dialog = null;
    this.sidebarOpen = false;
    /** Whether a file is held over the page. */
    this.dropping = false;
    this.toasted = "";
    this.toastTimer = 0;
  }

  /**
   * Something is to be drawn again: a turn, or all but the turns.
   *
   * @param {Turn} [turn]
   */
  changed(turn) {
    this.dispatchEvent(new CustomEvent("change", { detail: turn ?? null }));
  }

  /** @param {string} key @param {Record<string, string | number>} [values] */
  t(key, values) {
    return this.words.t(key, values);
  }

  /**
   * What to say of an error: in the reader's words where its kind is known, else in the server's.
   *
   * @param {unknown} error raised again when it is none of the API's
   */
  sorry(error) {
    if (!(error instanceof ApiError)) throw error;
    const { status, kind, problem } = error;
    if (status === 0) return this.t("failed.unreachable");
    if (this.words.has(`problem.${kind}`)) return this.t(`problem.${kind}`, /** @type {any} */ (problem));
    return (status < 500 && problem.detail) || this.t("problem.internal");
  }

  /** @param {string} language */
  async speak(language) {
    this.words = await loadWords(pickLanguage(language));
    remember("language", this.words.language);
    document.documentElement.lang = this.words.language;
    this.changed();
  }

  /** Make tables of files. @param {File[]} files */
  async take(files) {
    try {
      const { Uploads } = await import("./uploads.js");
      this.uploads ??= new Uploads(this);
    } catch {
      return this.toast(this.t("failed.unreachable"));
    }
    this.uploads.add(files);
  }

  /** @param {Panel | null} panel */
  showPanel(panel) {
    this.panel = panel;
    this.sidebarOpen = false;
    if (panel?.kind === "dataset") void this.data.loadProfile(panel.id);
    this.changed();
  }

  /** @param {boolean} open */
  showSidebar(open) {
    this.sidebarOpen = open;
    this.changed();
  }

  /** @param {Dialog | null} dialog */
  ask(dialog) {
    this.dialog = dialog;
    this.changed();
  }

  /** A word on something that was done; it goes by itself. @param {string} sentence */
  toast(sentence) {
    announce(sentence);
    this.toasted = sentence;
    this.changed();
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => {
      this.toasted = "";
      this.changed();
    }, TOAST_MS);
  }
}
