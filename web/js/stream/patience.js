// How long to wait, in milliseconds, in one place. Tests hurry some of it.

/** @typedef {{-readonly [name in keyof typeof PATIENCE]: number}} Patience */

export const PATIENCE = Object.freeze({
  /** The server promises a byte every 15 s; a connection silent for two heartbeats is dead. */
  silence: 30_000,
  /** A page that is seen again believes a connection that gave a sign within this. */
  trust: 16_000,
  /** The first bytes leave at once; a stream without any after this long is held up on its way. */
  opening: 5_000,
  /** A plain request has failed when nothing of its answer came for this long. */
  request: 15_000,
  /** A job silent for this long is looked up, then half as often, up to the second figure. */
  doubt: 5_000,
  mostDoubt: 30_000,
  /** What a look-up found, the stream must bring within this, or something holds it back. */
  grace: 2_500,
  /** Between polls while there is no stream: of a page that is seen, and of one that is not. */
  poll: 1_000,
  hiddenPoll: 10_000,
  /** The first pause before a new connection; it doubles, up to the second figure. */
  pause: 250,
  longestPause: 10_000,
  /** While polling, when to try a stream again; it doubles, up to the second figure. */
  retryStream: 15_000,
  longestRetryStream: 600_000,
  /** How long the tab that holds the connection may leave the others without a sign. */
  leaderSilence: 35_000,
});

/**
 * @param {number} ms
 * @returns {number} the same, give or take a fifth, so that clients do not come in step
 */
export function jittered(ms) {
  return ms * (0.8 + 0.4 * Math.random());
}

/**
 * @param {number} ms
 * @returns {number} the same or up to a fifth more: what a server asks for is the least
 */
export function noSooner(ms) {
  return ms * (1 + 0.2 * Math.random());
}

/**
 * @param {string | null} asked a Retry-After: seconds, or a date
 * @returns {number} the time from now that it asks for in ms; 0 when it asks for none
 */
export function retryAfter(asked) {
  if (!asked) return 0;
  const ms = /^\d+$/.test(asked) ? Number(asked) * 1000 : Date.parse(asked) - Date.now();
  return Number.isFinite(ms) && ms > 0 ? ms : 0;
}

/** A pause that can be cut short. */
export class Pause {
  /** @type {() => void} */
  #wake = () => {};

  /** @param {number} ms */
  async for(ms) {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve(undefined);
      };
    });
  }

  /** Ends the pause, if there is one. */
  end() {
    this.#wake();
  }
}
