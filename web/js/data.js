/**
 * The tables there are to ask about.
 *
 * @import {App} from "./app.js"
 * @import {DatasetBrief, Description, Profile} from "./types.js"
 */

import * as api from "./api.js";
import { recall, remember } from "./settings.js";

const AGAIN_MS = 3000;

export class Data {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {DatasetBrief[]} */
    this.datasets = [];
    /** @type {Map<string, Profile>} */
    this.profiles = new Map();
    /** The table that questions go to; "" for whichever fits. */
    this.chosen = recall("dataset") ?? "";
    /** Whether the server has told its tables yet. */
    this.loaded = false;
  }

  /** Loads the list; as long as the server cannot be reached, again and again. */
  async load() {
    try {
      this.datasets = await api.datasets();
      this.loaded = true;
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      setTimeout(() => this.load(), (error.retryAfterS ?? 0) * 1000 || AGAIN_MS);
    }
    this.app.changed();
    if (this.loaded && this.chosen) this.choose(this.find(this.chosen) ? this.chosen : "");
  }

  /** @param {string | null | undefined} id */
  find(id) {
    return this.datasets.find((dataset) => dataset.id === id);
  }

  /** @param {string | null | undefined} id */
  titleOf(id) {
    return this.find(id)?.title ?? id ?? "";
  }

  /** @param {string} id */
  choose(id) {
    this.chosen = id;
    remember("dataset", id || null);
    this.app.changed();
    if (id) void this.loadProfile(id);
  }

  /** @param {string} id */
  async loadProfile(id) {
    const have = this.profiles.get(id);
    if (have && have.version === this.find(id)?.version) return;
    try {
      this.profiles.set(id, await api.profile(id));
      this.app.changed();
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
    }
  }

  /**
   * Say what a table of one's own is about; raises ApiError.
   *
   * @param {string} id
   * @param {Description} said
   */
  async describe(id, said) {
    await api.describe(id, said);
    this.profiles.delete(id);
    await Promise.all([this.load(), this.loadProfile(id)]);
  }

  /** @param {string} id */
  async remove(id) {
    try {
      await api.deleteDataset(id);
      this.profiles.delete(id);
      if (this.chosen === id) this.choose("");
      this.app.showPanel({ kind: "datasets" });
    } catch (error) {
      this.app.toast(this.app.sorry(error));
    }
    await this.load();
  }
}
