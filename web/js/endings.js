/**
 * Ends that are no answer: which there are, and what to say of one.
 *
 * @import {App} from "./app.js"
 * @import {Turn} from "./types.js"
 */

/** Codes whose own sentence, as the worker wrote it, says more than is known beforehand. */
const SAYS_MORE = new Set(["bad_plan", "model_refused", "model_unavailable", "query_failed", "query_refused", "unreadable_file"]);

/** @param {Turn} turn */
export function endingOf(turn) {
  if (turn.phase === "cancelled") return "stopped";
  if (turn.phase === "failed") return turn.final?.data.kind ?? "failed";
  return turn.phase;
}

/**
 * What happened, and what can be done.
 *
 * @param {App} app
 * @param {Turn} turn
 * @returns {string}
 */
export function sentenceOf(app, turn) {
  const ending = endingOf(turn);
  if (ending === "stopped") return app.t("ending.stopped.more", { n: turn.final?.data.done?.length ?? 0 });
  if (ending === "gone") return app.t("ending.gone.more");
  return reasonText(app, turn.final?.data.reason, turn.problem);
}

/**
 * What a worker said of the end beyond the sentence that everybody gets; "" for nothing.
 *
 * @param {Turn} turn
 */
export function moreOf(turn) {
  return SAYS_MORE.has(turn.final?.data.reason) ? turn.problem : "";
}

/**
 * @param {App} app
 * @param {string | undefined} reason a code of docs/events.md
 * @param {string} otherwise for codes of a newer server
 */
export function reasonText(app, reason, otherwise) {
  const key = `reason.${reason}`;
  return app.words.has(key) ? app.t(key) : otherwise;
}
