/** Asking again what did not come through. */

import { ApiError } from "./api.js";

const AGAIN_MS = 3000;

/**
 * Ask until there is an answer; what may pass is waited for, as long as the server asks.
 *
 * @template T
 * @param {() => Promise<T>} ask
 * @param {(error: ApiError) => boolean} wanted told of each failure: whether anybody still waits
 * @returns {Promise<T | null>} null: the server's no, or nobody waits any more
 */
export async function persist(ask, wanted) {
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (!wanted(error) || !error.passing) return null;
      await pause((error.retryAfterS ?? 0) * 1000 || AGAIN_MS, error);
    }
  }
}

/**
 * Wait; less when nobody answered and the network is back.
 *
 * @param {number} ms
 * @param {ApiError} error what the wait is for
 */
export async function pause(ms, { status }) {
  const over = new AbortController();
  await new Promise((resolve) => {
    setTimeout(resolve, ms);
    if (status === 0) addEventListener("online", resolve, { signal: over.signal });
  });
  over.abort();
}
