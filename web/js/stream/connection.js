// The one connection of a browser: GET /api/stream, kept open over every interruption.
//
// It is read with fetch, not EventSource: that hides heartbeats, status codes and Retry-After, and
// gives up for good at the first answer that is not 200.

import { Pause, jittered, retryAfter } from './patience.js';
import { Reader } from './sse.js';

/** @typedef {import('./patience.js').Patience} Patience */
/** @typedef {import('./following.js').Message} Message */

/**
 * @typedef {'live' | 'reconnecting' | 'polling' | 'offline' | 'idle'} State
 * live: events come as they happen. reconnecting: they will again in a moment. polling: no stream
 * can be had, so the status is asked every second. offline: this device has no network. idle:
 * nothing is followed, so there is no connection.
 *
 * @typedef {'' | 'network' | 'busy' | 'buffering' | 'refused'} Reason
 * network: nobody answers. busy: the server has too many streams (429, 503). buffering: something
 * between here and the server holds the stream back. refused: any other answer than a stream.
 *
 * @typedef {{ state: State, reason: Reason }} Condition
 * @typedef {{ task_id: string, message: Message | null }} Item
 *
 * @typedef {object} Listener
 * @property {(items: Item[], cursor: string) => void} onItems in order; where to resume after them
 * @property {(resumed: boolean) => void} onOpen a stream is open; after a cursor or without one
 * @property {() => void} onCondition it has changed
 */

const ADDRESS = '/api/stream';
/** Asked to tell a stream that is held back from a server that is gone. */
const PROBE = '/healthz';
/** Streams in a row that fell silent, after which the way is taken to hold them back. */
const MOST_SILENCES = 2;

/** Why an attempt ended. */
class Ended extends Error {
  /**
   * @param {Reason} reason
   * @param {boolean} poll whether a stream is out of reach for now
   * @param {number} afterMs not to be tried again before, if the server said so
   */
  constructor(reason, poll, afterMs = 0) {
    super(reason);
    this.reason = reason;
    this.poll = poll;
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
  #heardAt = 0;
  #notBefore = 0;
  /** @type {Condition} */
  #condition = { state: 'idle', reason: '' };

  /**
   * @param {string} cursor where another connection left off, or empty
   * @param {Patience} patience
   * @param {Listener} listener
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
    if (this.#condition.state !== 'live') return;
    const abort = this.#abort;
    const silent = now - this.#heardAt > this.#patience.silence / 2;
    if (silent || !(await this.#answers())) abort.abort(new Ended('network', false));
  }

  /** The status of a job says more than the stream has brought. */
  starved() {
    if (this.#condition.state === 'live') this.#abort.abort(new Ended('buffering', true));
  }

  async #run() {
    this.#tell('reconnecting', '');
    while (!this.#closed) {
      const ended = await this.#attempt();
      if (!this.#closed) await this.#pause.for(this.#next(ended));
    }
  }

  /**
   * @param {Ended} ended
   * @returns {number} ms until the next attempt
   */
  #next({ reason, poll, afterMs }) {
    const { pause, longestPause, retryStream, longestRetryStream } = this.#patience;
    this.#notBefore = performance.now() + afterMs;
    if (poll) {
      this.#tell('polling', reason);
      const waitMs = Math.min(retryStream * 2 ** this.#refusals++, longestRetryStream);
      return jittered(afterMs || waitMs);
    }
    // Asked only now: a device without a network may well run its own server.
    this.#tell(globalThis.navigator?.onLine === false ? 'offline' : 'reconnecting', reason);
    return jittered(Math.min(pause * 2 ** this.#failures++, longestPause));
  }

  /** @returns {Promise<Ended>} why it ended */
  async #attempt() {
    this.#abort = new AbortController();
    const dog = new Watchdog(this.#abort);
    try {
      dog.expect(this.#patience.opening, new Ended('buffering', true));
      const body = await this.#open();
      await this.#read(body, dog);
      return new Ended('network', false);
    } catch (error) {
      const cause = this.#abort.signal.aborted ? this.#abort.signal.reason : error;
      const ended = cause instanceof Ended ? cause : new Ended('network', false);
      return ended.reason === 'buffering' && !(await this.#answers())
        ? new Ended('network', false)
        : ended;
    } finally {
      dog.rest();
      this.#abort.abort();
    }
  }

  /** @returns {Promise<ReadableStream<Uint8Array>>} */
  async #open() {
    /** @type {Record<string, string>} */
    const headers = this.#cursor ? { 'Last-Event-ID': this.#cursor } : {};
    headers['Accept'] = 'text/event-stream';
    const signal = this.#abort.signal;
    const response = await fetch(ADDRESS, { headers, signal, cache: 'no-store' });
    const type = response.headers.get('Content-Type') ?? '';
    if (response.status === 200 && type.startsWith('text/event-stream') && response.body) {
      return response.body;
    }
    if (response.status === 400 && this.#cursor) {
      this.#cursor = '';
      throw new Ended('refused', false);
    }
    const busy = response.status === 429 || response.status === 503;
    const broken = response.status >= 500 && !busy;
    throw new Ended(busy ? 'busy' : broken ? 'network' : 'refused', !broken, retryAfter(response));
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
      if (pieces === 1) this.#silences = 0;
      this.#heardAt = performance.now();
      const poll = this.#silences + 1 >= MOST_SILENCES;
      dog.expect(this.#patience.silence, new Ended(poll ? 'buffering' : 'network', poll), () => {
        this.#silences++;
      });
      this.#pass(frames.read(value));
    }
  }

  #opened() {
    this.#failures = 0;
    this.#tell('live', '');
    this.#listener.onOpen(this.#cursor !== '');
  }

  /** @param {import('./sse.js').Frame[]} frames */
  #pass(frames) {
    if (frames.length === 0) return;
    this.#refusals = 0;
    const last = frames.findLast((frame) => frame.id !== '');
    if (last) this.#cursor = last.id;
    this.#listener.onItems(frames.map((frame) => JSON.parse(frame.data)), this.#cursor);
  }

  /** @returns {Promise<boolean>} whether the server answers plain requests */
  async #answers() {
    try {
      const signal = AbortSignal.timeout(this.#patience.request);
      return (await fetch(PROBE, { signal, cache: 'no-store' })).ok;
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

  /**
   * @param {number} ms
   * @param {Ended} otherwise
   * @param {() => void} [also]
   */
  expect(ms, otherwise, also) {
    this.rest();
    this.#timer = globalThis.setTimeout(() => {
      also?.();
      this.#abort.abort(otherwise);
    }, ms);
  }

  rest() {
    clearTimeout(this.#timer);
  }
}
