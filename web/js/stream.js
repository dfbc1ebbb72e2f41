// Follow jobs from a page, whatever happens to the connection.
//
//   import { Stream } from '/static/js/stream.js';
//
//   const stream = new Stream({ onCondition: ({ state, reason }) => showState(state, reason) });
//   const stop = stream.follow(taskId, {
//     onMessages: (messages) => render(messages), // each once, in order; the last is terminal
//     onRestart: () => clear(),                   // the log began anew: its messages come again
//     onGone: () => showExpired(),                // there is no such log (any more)
//   });
//
// A job can be followed at any time: its log comes whole, then what happens, as it happens.
// `onCondition` tells live, reconnecting, polling (with the reason), offline or idle. All tabs of
// a browser share one connection; it exists while something is followed and ends with the last
// terminal message. `stream.watch((taskId, message) => ...)` keeps it while the page is seen, too,
// and tells of jobs that nobody in this tab follows: those that were asked in another one. The
// first answer of the API brings the cookie that says who one is: await one before either.

import { Connection } from "./stream/connection.js";
import { Following } from "./stream/following.js";
import { PATIENCE } from "./stream/patience.js";
import { Tabs } from "./stream/tabs.js";

/** @import {Patience} from "./stream/patience.js" */
/** @import {Condition, FromLeader, Handlers, Item, Message, Options, ToLeader} from "./stream/types.js" */

/** A sign of life of the leading tab is due within this after a question, in ms. */
const ANSWER = 3_000;
const SIGN_EVERY = 10_000;
const LOOK_EVERY = 1_000;

export class Stream {
  #options;
  /** @type {Patience} */
  #patience;
  #tabs;
  /** @type {Map<string, Set<Following>>} */
  #followings = new Map();
  /** @type {Set<string>} the jobs that were ever followed here */
  #known = new Set();
  /** @type {((taskId: string, message: Message) => void) | null} */
  #onNews = null;
  /** @type {Connection | null} */
  #connection = null;
  /** @type {Condition} */
  #condition = { state: "idle", reason: "" };
  #cursor = "";
  #wanted = false;
  #closed = false;
  #leaderDueAt = 0;
  #timer = 0;

  /** @param {Options} [options] */
  constructor(options = {}) {
    this.#options = options;
    this.#patience = { ...PATIENCE, ...options.patience };
    this.#tabs = new Tabs("tailrace-stream", {
      onLead: () => this.#lead(),
      onLose: () => this.#lose(),
      onSaid: (said) => this.#hear(said),
    });
    globalThis.document?.addEventListener("visibilitychange", this.#look);
    for (const name of ["online", "offline", "pageshow"]) {
      globalThis.addEventListener?.(name, this.#look);
    }
  }

  /** How it stands with the connection. */
  get condition() {
    return this.#condition;
  }

  /**
   * Follow a job from the start of its log.
   *
   * @param {string} taskId
   * @param {Handlers} handlers
   * @returns {() => void} stops
   */
  follow(taskId, handlers) {
    const following = new Following(taskId, handlers, this.#patience, {
      starved: () => this.#toLeader({ kind: "starved" }),
      over: (ended) => this.#forget(ended),
    });
    this.#known.add(taskId);
    const others = this.#followings.get(taskId) ?? new Set();
    this.#followings.set(taskId, others.add(following));
    this.#update();
    following.onCondition(this.#condition);
    void following.catchUp();
    return () => {
      following.stop();
      this.#forget(following);
    };
  }

  /**
   * Hear of the user's other jobs, too, as long as the page is seen.
   *
   * @param {(taskId: string, message: Message) => void} onNews a message of a job that was never
   *   followed here
   */
  watch(onNews) {
    this.#onNews = onNews;
    this.#update();
  }

  /** Stops everything. */
  close() {
    this.#closed = true;
    for (const following of this.#all()) following.stop();
    this.#followings.clear();
    this.#update();
    this.#tabs.close();
    globalThis.document?.removeEventListener("visibilitychange", this.#look);
    for (const name of ["online", "offline", "pageshow"]) {
      globalThis.removeEventListener?.(name, this.#look);
    }
  }

  #all() {
    return [...this.#followings.values()].flatMap((each) => [...each]);
  }

  /** @param {Following} following */
  #forget(following) {
    const others = this.#followings.get(following.taskId);
    others?.delete(following);
    if (others?.size === 0) this.#followings.delete(following.taskId);
    this.#update();
  }

  /** Wants the connection, or does not any more. */
  #update() {
    const seen = globalThis.document?.visibilityState === "visible";
    const news = this.#onNews !== null && seen;
    // Where tabs don't know of each other, six of them would use up the browser's connections.
    const affordable = this.#tabs.shared || seen || !globalThis.document;
    const wanted = !this.#closed && (this.#followings.size > 0 || news) && affordable;
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    clearInterval(this.#timer);
    if (wanted) {
      this.#setCondition({ state: "reconnecting", reason: "" });
      this.#leaderDueAt = performance.now() + this.#patience.leaderSilence;
      this.#tabs.compete();
      this.#tabs.say({ kind: "hello" });
      this.#timer = setInterval(() => this.#mind(), LOOK_EVERY);
    } else {
      this.#tabs.withdraw();
      this.#setCondition({ state: "idle", reason: "" });
    }
  }

  #lead() {
    this.#connection = new Connection(this.#cursor, this.#patience, {
      onItems: (items, cursor) => this.#fromLeader({ kind: "items", items, cursor }),
      onOpen: (resumed) => this.#fromLeader({ kind: "open", resumed }),
      onCondition: () => this.#report(),
    });
  }

  #lose() {
    this.#connection?.close();
    this.#connection = null;
  }

  /** To the other tabs, and to this one. */
  #report() {
    const condition = this.#connection?.condition;
    if (condition) this.#fromLeader({ kind: "condition", condition, cursor: this.#cursor });
  }

  /** @param {FromLeader} said */
  #fromLeader(said) {
    this.#tabs.say(said);
    this.#hear(said);
  }

  /** @param {ToLeader} said */
  #toLeader(said) {
    if (this.#tabs.leading) this.#hear(said);
    else this.#tabs.say(said);
  }

  /** @param {FromLeader | ToLeader} said by the tab that leads, or to it */
  #hear(said) {
    if (said.kind === "hello" || said.kind === "nudge" || said.kind === "starved") {
      if (said.kind === "nudge") void this.#connection?.nudge();
      if (said.kind === "starved") this.#connection?.starved();
      if (said.kind === "hello") this.#report();
      if (this.#connection) this.#tabs.say({ kind: "sign" });
      return;
    }
    const dueMs = this.#tabs.leading ? SIGN_EVERY : this.#patience.leaderSilence;
    this.#leaderDueAt = performance.now() + dueMs;
    if (said.kind === "items") this.#pass(said.items);
    if (said.kind === "items" || said.kind === "condition") this.#cursor = said.cursor;
    if (said.kind === "open" && !said.resumed) for (const each of this.#all()) void each.catchUp();
    if (said.kind === "condition" && this.#wanted) this.#setCondition(said.condition);
  }

  /** @param {Item[]} items */
  #pass(items) {
    /** @type {Map<string, Message[]>} */
    const messages = new Map();
    for (const { task_id: taskId, message } of items) {
      if (!message) {
        for (const each of this.#followings.get(taskId) ?? []) each.gone();
      } else if (!this.#known.has(taskId)) {
        this.#onNews?.(taskId, message);
      } else {
        const brought = messages.get(taskId) ?? [];
        messages.set(taskId, brought);
        brought.push(message);
      }
    }
    for (const [taskId, brought] of messages) {
      for (const each of this.#followings.get(taskId) ?? []) each.take(brought);
    }
  }

  /** @param {Condition} condition */
  #setCondition(condition) {
    const { state, reason } = this.#condition;
    if (condition.state === state && condition.reason === reason) return;
    this.#condition = condition;
    for (const each of this.#all()) each.onCondition(condition);
    this.#options.onCondition?.(condition);
  }

  /** The page is seen or hidden, or the network has come or gone. */
  #look = () => {
    this.#update();
    if (!this.#wanted || globalThis.document?.visibilityState === "hidden") return;
    if (!this.#tabs.leading) this.#leaderDueAt = performance.now() + ANSWER;
    this.#toLeader({ kind: "nudge" });
    for (const each of this.#all()) void each.catchUp();
  };

  /** Every second: give a sign when this tab leads, mind the leader when another does. */
  #mind() {
    const now = performance.now();
    if (this.#tabs.leading) {
      if (now < this.#leaderDueAt) return;
      this.#leaderDueAt = now + SIGN_EVERY;
      this.#tabs.say({ kind: "sign" });
    } else if (now > this.#leaderDueAt && globalThis.document?.visibilityState !== "hidden") {
      this.#leaderDueAt = now + this.#patience.leaderSilence;
      this.#tabs.steal();
    }
  }
}
