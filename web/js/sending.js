/**
 * Getting a question accepted. Each question has a key of its own, so sending it again after a
 * lost answer never asks twice; what may pass (no network, a full queue) is waited for.
 *
 * @import {App} from "./app.js"
 * @import {Turn} from "./types.js"
 */

import { pause } from "./again.js";
import * as api from "./api.js";

const LONGEST_PAUSE_S = 15;

/** @type {WeakMap<Turn[], Promise<void>>} questions of a new conversation wait for its first one */
const founding = new WeakMap();

/**
 * @param {App} app
 * @param {Turn} turn
 */
export async function send(app, turn) {
  const { chat } = app;
  const { turns } = chat;
  const before = founding.get(turns);
  const delivered = (async () => {
    await before;
    await deliver(app, turn, chat.turns === turns ? chat.id : null);
  })();
  if (chat.id === null) founding.set(turns, delivered);
  await delivered;
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {string | null} conversationId
 */
async function deliver(app, turn, conversationId) {
  const { key, question: message, dataset } = turn;
  await app.introduced;
  // Whether the server may have the question although its answer was lost: then a Stop must reach it.
  let doubtful = false;
  for (let tries = 0; turn.phase === "sending" || doubtful; tries += 1) {
    try {
      const replaces = turn.replaces?.taskId ?? null;
      const started = await api.ask({ key, message, dataset, replaces, conversationId });
      if (turn.phase === "sending") return app.chat.accepted(turn, started);
      doubtful = true;
      await api.cancel(started.task_id); // stopped while it was on its way
      return;
    } catch (error) {
      if (!(error instanceof api.ApiError)) throw error;
      if (!error.passing) return turn.phase === "sending" ? reject(app, turn, app.sorry(error)) : undefined;
      doubtful ||= error.status === 0 && navigator.onLine;
      await retry(app, turn, error, tries);
    }
  }
}

/**
 * @param {App} app
 * @param {Turn} turn
 * @param {string} why
 */
function reject(app, turn, why) {
  turn.phase = "rejected";
  turn.problem = why;
  app.changed();
}

/**
 * Wait as long as the server asked for, or a little longer each time; less if the network is back.
 *
 * @param {App} app
 * @param {Turn} turn
 * @param {api.ApiError} error
 * @param {number} tries
 */
async function retry(app, turn, error, tries) {
  const ms = 1000 * (error.retryAfterS ?? Math.min(2 ** tries, LONGEST_PAUSE_S));
  turn.sendNote = error.status === 0 ? "send.unreachable" : error.status === 429 ? "send.quota" : "send.busy";
  turn.sendAgainAtMs = Date.now() + ms;
  app.changed(turn);
  await pause(ms, error);
}
