// The tabs of one browser: one of them leads, all of them hear what it says.
//
// The lead is a lock of the browser, so it passes on when its tab closes or crashes. Where there
// are no locks (pages over plain HTTP on another host) every tab leads itself.

/** @import {TabsListener} from "./types.js" */

export class Tabs {
  #name;
  #listener;
  /** @type {BroadcastChannel | null} */
  #channel = null;
  /** @type {AbortController | null} of the lock that is wanted or held */
  #asked = null;
  leading = false;

  /**
   * @param {string} name
   * @param {TabsListener} listener
   */
  constructor(name, listener) {
    this.#name = name;
    this.#listener = listener;
    if (globalThis.navigator?.locks && globalThis.BroadcastChannel) {
      this.#channel = new BroadcastChannel(name);
      this.#channel.onmessage = (event) => listener.onSaid(event.data);
    }
  }

  /** Whether tabs know of each other. */
  get shared() {
    return this.#channel !== null;
  }

  /** Lead when nobody else does. */
  compete() {
    if (!this.#asked) this.#ask(false);
  }

  /** Neither lead nor wait to. */
  withdraw() {
    this.#asked?.abort();
    this.#asked = null;
    this.#lose();
  }

  /** Lead now: the tab that did has not given a sign for too long. */
  steal() {
    if (this.leading || !this.#asked) return;
    this.#asked.abort();
    this.#ask(true);
  }

  /** @param {object} words to all other tabs */
  say(words) {
    this.#channel?.postMessage(words);
  }

  close() {
    this.withdraw();
    this.#channel?.close();
  }

  /** @param {boolean} steal */
  #ask(steal) {
    const asked = new AbortController();
    this.#asked = asked;
    if (!this.#channel) {
      this.#lead();
      return;
    }
    const options = steal ? { steal } : { signal: asked.signal };
    navigator.locks
      .request(this.#name, options, () => {
        if (asked.signal.aborted) return undefined;
        this.#lead();
        return new Promise((resolve) => {
          asked.signal.addEventListener("abort", resolve);
        });
      })
      .catch(() => this.#stolen(asked));
  }

  /** @param {AbortController} asked */
  #stolen(asked) {
    if (asked !== this.#asked) return;
    this.withdraw();
    this.compete();
  }

  #lead() {
    this.leading = true;
    this.#listener.onLead();
  }

  #lose() {
    if (!this.leading) return;
    this.leading = false;
    this.#listener.onLose();
  }
}
