/**
 * The tables there are to ask about.
 *
 * @import {App} from "./app.js"
 * @import {DatasetBrief, Description, Profile} from "./types.js"
 */

import { persist } from "./again.js";
import * as api from "./api.js";
import { recall, remember } from "./settings.js";

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
    /** Whether the server was asked for its tables and did not answer. */
    this.unreachable = false;
  }

  /** Load the list, as often as it takes. */
  async load() {
    const datasets = await persist(api.datasets, () => {
      this.unreachable = true;
      this.app.changed();
      return true;
    });
    this.unreachable = false;
    if (datasets) this.datasets = datasets;
    this.app.changed();
    if (this.chosen) this.choose(this.find(this.chosen) ? this.chosen : "");
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
    const profile = await persist(() => api.profile(id), (error) => this.#awaits(id, error));
    if (profile) this.profiles.set(id, profile);
    this.app.changed();
  }

  /**
   * Whether the profile of a table is still waited for; when it is not to be had, that is said.
   *
   * @param {string} id
   * @param {api.ApiError} error why it has not come
   */
  #awaits(id, error) {
    const { panel } = this.app;
    const shown = panel !== null && "id" in panel && panel.id === id;
    if (shown && !error.passing) {
      this.app.toast(this.app.sorry(error));
      this.app.showPanel({ kind: "datasets" });
    }
    return shown || this.chosen === id;
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
