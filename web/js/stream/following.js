// One job as one tab sees it: every message once, in order, to the terminal one.
//
// The rule is the server's own: what the stream brings is used only if it is the next message;
// otherwise the log is read from here on. A job that has been silent is looked up, too, so that a
// stream that is held back somewhere costs time, never a message, and is found out.

import { retryAfter } from "./patience.js";
import { request } from "./request.js";

/** @import {Patience} from "./patience.js" */
/** @import {Condition, Handlers, Message, Owner} from "./types.js" */

const TERMINAL = new Set(["completed", "failed", "cancelled"]);

/** A place in a job's log. */
export class Position {
  #epoch = "";
  #seq = -1;
  /** @type {Set<string>} epochs that are over */
  #past = new Set();
  ended = false;

  /** Where to resume; empty at the start. */
  get cursor() {
    return this.#seq < 0 ? "" : `${this.#epoch}-${this.#seq}`;
  }

  get seq() {
    return this.#seq;
  }

  /**
   * @param {Message[]} messages
   * @returns {{fresh: Message[], missing: boolean, restarted: boolean}} those that come next;
   *   whether some before the rest are missing; whether the log began anew
   */
  accept(messages) {
    const taken = { fresh: /** @type {Message[]} */ ([]), missing: false, restarted: false };
    for (const message of messages) {
      const [epoch = ""] = message.id.split("-");
      if (this.#past.has(epoch)) continue;
      if (epoch !== this.#epoch && message.seq === 0) {
        taken.restarted ||= this.#epoch !== "";
        taken.fresh = [];
        this.#begin(epoch);
      }
      if (this.ended || (epoch === this.#epoch && message.seq <= this.#seq)) continue;
      taken.missing = epoch !== this.#epoch || message.seq > this.#seq + 1;
      if (taken.missing) break;
      this.#seq = message.seq;
      this.ended = TERMINAL.has(message.type);
      taken.fresh.push(message);
    }
    return taken;
  }

  /** @param {string} epoch */
  #begin(epoch) {
    if (this.#epoch !== "") this.#past.add(this.#epoch);
    this.#epoch = epoch;
    this.#seq = -1;
    this.ended = false;
  }
}

export class Following {
  #handlers;
  #patience;
  #owner;
  #position = new Position();
  /** How far the stream alone has come. */
  #streamed = -1;
  #live = false;
  #polling = false;
  #over = false;
  #checking = 0;
  #asking = false;
  #again = false;
  #quiet = 0;
  #timer = 0;

  /**
   * @param {string} taskId
   * @param {Handlers} handlers
   * @param {Patience} patience
   * @param {Owner} owner
   */
  constructor(taskId, handlers, patience, owner) {
    this.taskId = taskId;
    this.#handlers = handlers;
    this.#patience = patience;
    this.#owner = owner;
  }

  /** @param {Message[]} messages what the stream brought of this job */
  take(messages) {
    this.#streamed = Math.max(this.#streamed, messages.at(-1)?.seq ?? -1);
    this.#quiet = 0;
    if (this.#deliver(messages).missing) void this.catchUp();
    else this.#schedule();
  }

  /** @param {Condition} condition of the stream */
  onCondition({ state }) {
    const began = state === "polling" && !this.#polling;
    this.#live = state === "live";
    this.#polling = state === "polling";
    this.#quiet = 0;
    if (!this.#live) this.#endCheck();
    if (began) void this.catchUp();
    else this.#schedule();
  }

  /** Reads the log from here on. */
  async catchUp() {
    this.#again = true;
    if (this.#asking) return;
    this.#asking = true;
    let waitMs = 0;
    while (this.#again && !this.#over) {
      this.#again = false;
      waitMs = await this.#ask();
    }
    this.#asking = false;
    this.#schedule(waitMs);
  }

  /** The log is gone. */
  gone() {
    if (this.#over) return;
    this.#handlers.onGone?.();
    this.#end();
  }

  /** Nobody listens any more. */
  stop() {
    this.#over = true;
    clearTimeout(this.#timer);
    this.#endCheck();
  }

  /** @returns {Promise<number>} ms that the server asks to be left alone, or 0 */
  async #ask() {
    const { cursor } = this.#position;
    const query = cursor ? `?after=${cursor}` : "";
    try {
      const address = `/api/chat/status/${encodeURIComponent(this.taskId)}${query}`;
      const response = await request(address, { cache: "no-store" }, this.#patience.request);
      if (this.#over) return 0;
      if (response.status === 404) this.gone();
      if (!response.ok) return retryAfter(response.headers.get("Retry-After"));
      const { fresh } = this.#deliver((await response.json()).messages);
      if (cursor && fresh.length > 0) this.#check();
    } catch {
      // Nobody answered: it is tried again when the timer says so.
    }
    return 0;
  }

  /** @param {Message[]} messages */
  #deliver(messages) {
    if (this.#over) return { fresh: [], missing: false };
    const taken = this.#position.accept(messages);
    if (taken.restarted) {
      this.#streamed = -1;
      this.#handlers.onRestart?.();
    }
    if (taken.fresh.length > 0) this.#handlers.onMessages(taken.fresh);
    if (this.#position.ended) this.#end();
    return taken;
  }

  /** A look-up found more than the stream had brought: does the stream bring it in a moment? */
  #check() {
    if (!this.#live || this.#checking) return;
    const owed = this.#position.seq;
    this.#checking = setTimeout(() => {
      this.#checking = 0;
      if (this.#streamed < owed) this.#owner.starved();
      if (this.#over) this.#owner.over(this);
    }, this.#patience.grace);
  }

  #endCheck() {
    if (!this.#checking) return;
    clearTimeout(this.#checking);
    this.#checking = 0;
    if (this.#over) this.#owner.over(this);
  }

  #end() {
    this.#over = true;
    clearTimeout(this.#timer);
    if (!this.#checking) this.#owner.over(this);
  }

  /** @param {number} [waitMs] at least this long */
  #schedule(waitMs = 0) {
    clearTimeout(this.#timer);
    if (this.#over) return;
    const { doubt, mostDoubt, poll, hiddenPoll } = this.#patience;
    const hidden = globalThis.document?.visibilityState === "hidden";
    const silentMs = hidden ? mostDoubt : Math.min(doubt * 2 ** this.#quiet, mostDoubt);
    const ownMs = !this.#polling ? silentMs : hidden ? hiddenPoll : poll;
    this.#timer = setTimeout(
      () => {
        this.#quiet++;
        void this.catchUp();
      },
      Math.max(waitMs, ownMs),
    );
  }
}
