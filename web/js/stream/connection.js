// The one connection of a browser: GET /api/stream, kept open over every interruption.
//
// It is read with fetch, not EventSource: that hides heartbeats, status codes and Retry-After, and
// gives up for good at the first answer that is not 200.

import { Pause, jittered, noSooner, retryAfter } from "./patience.js";
import { request } from "./request.js";
import { Reader } from "./sse.js";

/** @import {Patience} from "./patience.js" */
/** @import {Condition, ConnectionListener, Frame, Reason, State} from "./types.js" */

const ADDRESS = "/api/stream";
/** Asked to tell a stream that is held back from a server that is gone. */
const PROBE = "/healthz";
/** Streams in a row that fell silent, after which something is taken to hold them back. */
const MOST_SILENCES = 2;

/** Why an attempt ended. */
class Ended extends Error {
  /**
   * @param {'network' | 'silence' | 'busy' | 'refused'} why
   * @param {number} afterMs not to be tried again before, if the server said so
   */
  constructor(why, afterMs = 0) {
    super(why);
    this.why = why;
    this.afterMs = afterMs;
  }
}

export class Connection {
  #patience;
  #listener;
  #cursor;
  #pause = new Pause();
  #abort = new AbortController();
  #closed = false;
  #failures = 0;
  #refusals = 0;
  #silences = 0;
  #beganAt = 0;
  #heardAt = 0;
  #notBefore = 0;
  #wishedMs = 0;
  /** @type {Condition} */
  #condition = { state: "idle", reason: "" };

  /**
   * @param {string} cursor where another connection left off, or empty
   * @param {Patience} patience
   * @param {ConnectionListener} listener
   */
  constructor(cursor, patience, listener) {
    this.#cursor = cursor;
    this.#patience = patience;
    this.#listener = listener;
    void this.#run();
  }

  /** What to tell a tab that comes later. */
  get condition() {
    return this.#condition;
  }

  /** Ends it; nothing is called any more. */
  close() {
    this.#closed = true;
    this.#abort.abort();
    this.#pause.end();
  }

  /** The page is seen again, or the network has come or gone: do not trust what was silent. */
  async nudge() {
    const now = performance.now();
    if (now > this.#notBefore) this.#pause.end();
    if (this.#condition.state !== "live") return;
    const abort = this.#abort;
    const silent = now - this.#heardAt > this.#patience.trust;
    if (silent || !(await this.#answers())) abort.abort(new Ended("network"));
  }

  /** The status of a job says more than the stream has brought. */
  starved() {
    if (this.#condition.state === "live") this.#abort.abort(new Ended("silence"));
  }

  async #run() {
    this.#tell("reconnecting", "");
    while (!this.#closed) {
      const ended = await this.#attempt();
      const waitMs = await this.#next(ended);
      if (!this.#closed) await this.#pause.for(waitMs);
    }
  }

  /**
   * @param {Ended} ended
   * @returns {Promise<number>} ms until the next attempt
   */
  async #next({ why, afterMs }) {
    const { pause, longestPause, retryStream, longestRetryStream } = this.#patience;
    this.#notBefore = performance.now() + afterMs;
    if (why === "busy" || why === "refused" || (why === "silence" && (await this.#heldBack()))) {
      this.#tell("polling", why === "silence" ? "buffering" : why);
      const waitMs = Math.min(retryStream * 2 ** this.#refusals++, longestRetryStream);
      return afterMs ? noSooner(afterMs) : jittered(waitMs);
    }
    // Asked only now: a device without a network may well run its own server.
    this.#tell(globalThis.navigator?.onLine === false ? "offline" : "reconnecting", "network");
    const wishedMs = this.#wishedMs;
    this.#wishedMs = 0;
    // One that was held for a while was a good one; one that is cut each time must not be a storm.
    if (performance.now() - this.#beganAt > this.#patience.trust) this.#failures = 0;
    const waitMs = jittered(Math.min(pause * 2 ** this.#failures++, longestPause));
    return wishedMs || Math.max(noSooner(afterMs), waitMs);
  }

  /** @returns {Promise<Ended>} why it ended */
  async #attempt() {
    this.#abort = new AbortController();
    this.#beganAt = performance.now();
    const dog = new Watchdog(this.#abort);
    try {
      dog.expect(this.#patience.opening);
      const body = await this.#open();
      await this.#read(body, dog);
      return new Ended("network");
    } catch (error) {
      const cause = this.#abort.signal.aborted ? this.#abort.signal.reason : error;
      return cause instanceof Ended ? cause : new Ended("network");
    } finally {
      dog.rest();
      this.#abort.abort();
    }
  }

  /** @returns {Promise<ReadableStream<Uint8Array>>} */
  async #open() {
    /** @type {Record<string, string>} */
    const headers = this.#cursor ? { "Last-Event-ID": this.#cursor } : {};
    headers["Accept"] = "text/event-stream";
    const signal = this.#abort.signal;
    const response = await fetch(ADDRESS, { headers, signal, cache: "no-store" });
    const type = response.headers.get("Content-Type") ?? "";
    if (response.status === 200 && type.startsWith("text/event-stream") && response.body) {
      return response.body;
    }
    if (response.status === 400 && this.#cursor) {
      // Not a cursor of this server: begin anew.
      this.#cursor = "";
      throw new Ended("network");
    }
    const busy = response.status === 429 || response.status === 503;
    const broken = response.status >= 500 && !busy;
    throw new Ended(busy ? "busy" : broken ? "network" : "refused", retryAfter(response.headers.get("Retry-After")));
  }

  /**
   * @param {ReadableStream<Uint8Array>} body
   * @param {Watchdog} dog
   */
  async #read(body, dog) {
    const frames = new Reader();
    const stream = body.getReader();
    for (let pieces = 0; ; pieces++) {
      const { done, value } = await stream.read();
      if (done || this.#closed) return;
      if (pieces === 0) this.#opened();
      this.#heardAt = performance.now();
      dog.expect(this.#patience.silence);
      this.#pass(frames.read(value));
      // The one at the start is for clients without pauses of their own; a later one is a wish.
      if (pieces === 0) frames.retryMs = 0;
      this.#wishedMs = frames.retryMs;
    }
  }

  #opened() {
    this.#tell("live", "");
    this.#listener.onOpen(this.#cursor !== "");
  }

  /** @param {Frame[]} frames */
  #pass(frames) {
    if (frames.length === 0) return;
    const last = frames.findLast((frame) => frame.id !== "");
    if (last) this.#cursor = last.id;
    if (frames.some((frame) => frame.event === "reset")) this.#listener.onOpen(false);
    const items = frames.filter((frame) => frame.event === "" && frame.data !== "");
    if (items.length > 0) this.#refusals = this.#failures = 0;
    this.#listener.onItems(
      items.map((frame) => JSON.parse(frame.data)),
      this.#cursor,
    );
  }

  /** @returns {Promise<boolean>} whether streams fall silent although the server is there */
  async #heldBack() {
    const lastedMs = performance.now() - this.#beganAt;
    this.#silences = lastedMs > 2 * this.#patience.silence ? 1 : this.#silences + 1;
    return this.#silences >= MOST_SILENCES && this.#answers();
  }

  /** @returns {Promise<boolean>} whether the server answers plain requests */
  async #answers() {
    try {
      return (await request(PROBE, { cache: "no-store" }, this.#patience.request)).ok;
    } catch {
      return false;
    }
  }

  /**
   * @param {State} state
   * @param {Reason} reason
   */
  #tell(state, reason) {
    if (this.#closed) return;
    if (this.#condition.state === state && this.#condition.reason === reason) return;
    this.#condition = { state, reason };
    this.#listener.onCondition();
  }
}

/** Ends an attempt when something expected does not come. */
class Watchdog {
  #abort;
  #timer = 0;

  /** @param {AbortController} abort */
  constructor(abort) {
    this.#abort = abort;
  }

  /** @param {number} ms from now, the last moment for the next bytes */
  expect(ms) {
    this.rest();
    this.#timer = globalThis.setTimeout(() => this.#abort.abort(new Ended("silence")), ms);
  }

  rest() {
    clearTimeout(this.#timer);
  }
}
