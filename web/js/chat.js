/**
 * The conversation on the page: its turns, asking and stopping, and what is heard of its jobs.
 *
 * @import {App} from "./app.js"
 * @import {Feedback, Message, StoredTurn, Turn} from "./types.js"
 */

import { persist } from "./again.js";
import { announce } from "./announce.js";
import * as api from "./api.js";
import { endingOf, sentenceOf } from "./endings.js";
import { send } from "./sending.js";
import { Stream } from "./stream.js";
import { finish, hear, isFinal, isOver, newTurn, retell, turnOf } from "./turn.js";
import { chooseBranch, shown } from "./versions.js";

/** Logs are kept for five minutes after their end, unless the server is told otherwise. */
const LOG_KEPT_MS = 290_000;

export class Chat {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {string | null} */
    this.id = null;
    this.title = "";
    /** @type {Turn[]} */
    this.turns = [];
    /** @type {Map<Turn | null, Turn>} by the turn it follows, the version that is shown */
    this.chosen = new Map();
    /** @type {Turn | null} */
    this.editing = null;
    /** @type {"" | "loading" | "missing" | "unreachable"} */
    this.trouble = "";
    this.stream = new Stream({ onCondition: () => app.changed() });
    /** @type {Map<Turn, () => void>} how to stop following each */
    this.followed = new Map();
  }

  /** @param {string | null} id null for a new one */
  open(id) {
    for (const turn of this.turns) this.unfollow(turn);
    this.id = id;
    this.title = "";
    this.turns = [];
    this.chosen = new Map();
    this.editing = null;
    this.trouble = id ? "loading" : "";
    this.app.sidebarOpen = false;
    this.app.dispatchEvent(new Event("opened"));
    this.app.changed();
    if (id) void this.load(id);
  }

  /** @param {string} id */
  async load(id) {
    const stored = await persist(() => api.conversation(id), ({ passing }) => {
      if (this.id !== id) return false;
      this.trouble = passing ? "unreachable" : "missing";
      this.app.changed();
      return true;
    });
    if (!stored || this.id !== id) return;
    this.title = stored.title;
    if (stored.dataset) this.app.data.choose(stored.dataset);
    this.merge(stored.turns);
    this.trouble = "";
    this.app.changed();
  }

  /** The conversation as the server keeps it; null when it does not, or another one is read. */
  async stored() {
    const { id } = this;
    const stored = id && (await persist(() => api.conversation(id), () => this.id === id));
    return stored && this.id === id ? stored : null;
  }

  /**
   * Take the turns that are not known yet.
   *
   * @param {StoredTurn[]} stored in the order they were asked
   */
  merge(stored) {
    const known = new Map(this.turns.map((turn) => [turn.taskId ?? turn.key, turn]));
    for (const each of stored) {
      if (known.has(each.task_id)) continue;
      const turn = turnOf(each, known);
      known.set(each.task_id, turn);
      this.turns.push(turn);
      chooseBranch(this.chosen, turn);
      if (!isOver(turn)) this.follow(turn);
    }
  }

  /**
   * @param {string} question
   * @param {{replaces?: Turn | null, dataset?: string}} [more]
   */
  ask(question, { replaces = null, dataset = this.app.data.chosen } = {}) {
    const key = api.randomKey();
    const follows = replaces ? replaces.follows : this.turns[this.turns.length - 1];
    const turn = newTurn({ key, question, dataset, replaces, follows });
    this.turns.push(turn);
    chooseBranch(this.chosen, turn);
    this.editing = null;
    announce(this.app.t("said.sent"));
    this.app.dispatchEvent(new Event("asked"));
    this.app.changed();
    void send(this.app, turn);
  }

  /**
   * The server has taken the question.
   *
   * @param {Turn} turn
   * @param {{task_id: string, conversation_id: string}} started
   */
  accepted(turn, started) {
    turn.taskId = started.task_id;
    turn.phase = "waiting";
    if (this.turns.includes(turn) && this.id === null) {
      this.id = started.conversation_id;
      this.title = turn.question;
      this.app.dispatchEvent(new Event("named"));
    }
    this.follow(turn);
    this.app.changed();
    void this.app.history.load();
  }

  /** @param {Turn} turn */
  async stop(turn) {
    const before = turn.phase;
    turn.phase = turn.taskId ? "stopping" : "cancelled";
    this.app.changed();
    if (!turn.taskId) return;
    try {
      await api.cancel(turn.taskId);
    } catch (error) {
      if (!isOver(turn)) turn.phase = before;
      this.app.toast(this.app.sorry(error));
      this.app.changed();
    }
  }

  /** @param {Turn} turn */
  follow(turn) {
    if (!turn.taskId || this.followed.has(turn)) return;
    const stop = this.stream.follow(turn.taskId, {
      onMessages: (messages) => this.heard(turn, messages),
      onGone: () => this.gone(turn),
    });
    this.followed.set(turn, stop);
  }

  /** @param {Turn} turn */
  unfollow(turn) {
    this.followed.get(turn)?.();
    this.followed.delete(turn);
  }

  /**
   * @param {Turn} turn
   * @param {Message[]} messages
   */
  heard(turn, messages) {
    const wasOver = isOver(turn);
    for (const message of messages) hear(turn, message);
    this.app.changed(turn);
    const step = messages.findLast(({ type }) => type === "step_started");
    if (isOver(turn) && !wasOver) this.ended(turn);
    else if (step) announce(this.app.t(`step.${step.data.step}.now`));
  }

  /** Its log has expired; if the answer was kept, the conversation has it. @param {Turn} turn */
  async gone(turn) {
    this.followed.delete(turn);
    if (isOver(turn)) return;
    const stored = await this.stored();
    const final = stored?.turns.find(({ task_id: taskId }) => taskId === turn.taskId)?.final;
    if (final) finish(turn, final);
    else turn.phase = "gone";
    this.app.changed();
  }

  /**
   * Fetch the log of a turn whose end is known, unless it must have expired.
   *
   * @param {Turn} turn
   */
  async recall(turn) {
    const { taskId, final, messages } = turn;
    if (!taskId || !final || messages.length || Date.now() - Date.parse(final.at) > LOG_KEPT_MS) return;
    const told = await persist(() => api.status(taskId), () => turn.unfolded);
    if (told) retell(turn, told.messages);
    this.app.changed(turn);
    this.app.changed();
  }

  /**
   * A job of this person that was asked elsewhere: in another tab, on a phone.
   *
   * @param {string} taskId
   * @param {Message} message
   */
  async news(taskId, message) {
    const { type, data } = message;
    if (type !== "queued" && !isFinal(message)) return;
    const { id } = this;
    if (id && data.conversation_id === id && !this.turns.some((turn) => turn.taskId === taskId)) {
      const stored = await this.stored();
      if (stored) this.merge(stored.turns);
      this.app.changed();
    }
    if (data.result?.type === "dataset_report") void this.app.data.load();
    void this.app.history.load();
  }

  /** @param {Turn} turn */
  ended(turn) {
    this.followed.delete(turn);
    announce(turn.result ? turn.result.answer : `${this.app.t(`ending.${endingOf(turn)}`)}. ${sentenceOf(this.app, turn)}`);
    this.app.changed();
    void this.app.history.load();
  }

  /** @param {Turn | null} turn */
  edit(turn) {
    const before = this.editing;
    this.editing = turn;
    this.app.changed();
    requestAnimationFrame(() => {
      const place = turn ? "form.edit textarea" : `[data-task="${before?.taskId}"] .asked button`;
      const found = /** @type {HTMLElement | null} */ (document.querySelector(place));
      found?.focus();
      if (found instanceof HTMLTextAreaElement) found.select();
    });
  }

  /**
   * @param {Turn} turn
   * @param {Feedback} feedback
   */
  async rate(turn, feedback) {
    if (!turn.taskId) return;
    const before = turn.feedback;
    turn.feedback = feedback;
    this.app.changed(turn);
    try {
      await api.feedback(turn.taskId, feedback);
      if (feedback.rating) this.app.toast(this.app.t("feedback.thanks"));
    } catch (error) {
      turn.feedback = before;
      this.app.changed(turn);
      this.app.toast(this.app.sorry(error));
    }
  }

  /** Show this version of a turn. @param {Turn} turn */
  show(turn) {
    this.chosen.set(turn.follows, turn);
    this.app.changed();
  }

  /** The turns that are shown: of each, one version. */
  shown() {
    return shown(this.turns, this.chosen);
  }

  /** The last turn on the page that is still being worked on. @returns {Turn | undefined} */
  running() {
    return this.shown().findLast((turn) => !isOver(turn));
  }
}
