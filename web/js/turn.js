/**
 * A turn: one question and what has been heard of its job. It is a fold over the job's log, so
 * that a page that was reloaded, a second tab and a page that was there all along show the same.
 *
 * @import {Message, Phase, StepName, StoredTurn, Turn} from "./types.js"
 */

const FOUND_BY = /** @type {Record<string, StepName>} */ ({
  intent_parsed: "intent",
  query_planned: "plan",
  query_executed: "query",
  insight_generated: "insight",
});

const OVER = new Set(["completed", "failed", "cancelled", "rejected", "gone"]);

/**
 * @param {{key: string, question: string, dataset?: string | null, replaces?: Turn | null,
 *     follows?: Turn | null, taskId?: string | null, createdAt?: string, phase?: Phase}} about
 * @returns {Turn}
 */
export function newTurn(about) {
  return {
    taskId: null,
    createdAt: new Date().toISOString(),
    phase: "sending",
    ...about,
    dataset: about.dataset ?? "",
    replaces: about.replaces ?? null,
    follows: about.follows ?? null,
    beganHereMs: Date.now(),
    steps: [],
    text: "",
    attempt: 0,
    messages: [],
    epoch: "",
    result: null,
    final: null,
    problem: "",
    place: null,
    retry: null,
    feedback: null,
    unfolded: false,
    sendNote: "",
    sendAgainAtMs: 0,
  };
}

/**
 * A turn from what the server keeps of it.
 *
 * @param {StoredTurn} stored
 * @param {Map<string, Turn>} known the turns before it, by task
 * @returns {Turn}
 */
export function turnOf(stored, known) {
  const turn = newTurn({
    key: stored.task_id,
    taskId: stored.task_id,
    question: stored.question,
    dataset: stored.dataset,
    replaces: known.get(stored.replaces ?? ""),
    follows: known.get(stored.follows ?? ""),
    createdAt: stored.created_at,
    phase: "waiting",
  });
  turn.feedback = stored.feedback;
  if (stored.final) finish(turn, stored.final);
  return turn;
}

/**
 * Fold a whole log into a turn whose end was known before.
 *
 * @param {Turn} turn
 * @param {Message[]} messages
 */
export function retell(turn, messages) {
  const last = messages[messages.length - 1];
  if (!last || !isFinal(last)) return;
  turn.phase = "waiting";
  for (const message of messages) hear(turn, message);
}

/** @param {Message} message */
export function isFinal(message) {
  return ["completed", "failed", "cancelled"].includes(message.type);
}

/** @param {Turn} turn */
export function isOver(turn) {
  return OVER.has(turn.phase);
}

/**
 * Take the next message of the log. One that is known already changes nothing; one of another
 * epoch starts the turn afresh.
 *
 * @param {Turn} turn
 * @param {Message} message
 * @returns {boolean} whether the turn changed
 */
export function hear(turn, message) {
  const epoch = message.id.slice(0, message.id.lastIndexOf("-"));
  if (epoch !== turn.epoch) forgetLog(turn, epoch);
  if (message.seq !== turn.messages.length) return false;
  turn.messages.push(message);
  if (message.attempt > turn.attempt) newAttempt(turn, message.attempt);
  (HEARD[message.type] ?? ignored)(turn, message);
  return true;
}

/** @type {Record<string, (turn: Turn, message: Message) => void>} */
const HEARD = {
  queued: (turn) => {
    if (!isOver(turn)) turn.phase = "waiting";
  },
  waiting: (turn, { data }) => {
    turn.place = /** @type {Turn["place"]} */ (data);
  },
  started: (turn) => {
    turn.place = null;
    turn.retry = null;
    turn.phase = "running";
  },
  step_started: (turn, message) => {
    turn.phase = turn.phase === "stopping" ? "stopping" : "running";
    endSteps(turn, message);
    beginStep(turn, message);
  },
  intent_parsed: found,
  query_planned: found,
  query_executed: found,
  insight_generated: (turn, message) => {
    found(turn, message);
    turn.text = message.data.answer;
  },
  insight_delta: (turn, message) => {
    if (message.attempt === turn.attempt) turn.text += message.data.text;
  },
  retrying: (turn, message) => {
    turn.phase = "retrying";
    turn.retry = {
      reason: message.data.reason,
      said: message.content,
      atMs: Date.now() + message.data.after_s * 1000,
    };
  },
  completed: finish,
  failed: finish,
  cancelled: finish,
};

function ignored() {}

/**
 * @param {Turn} turn
 * @param {Message} message
 */
export function finish(turn, message) {
  endSteps(turn, message);
  turn.final = message;
  turn.place = null;
  turn.retry = null;
  turn.phase = /** @type {Phase} */ (message.type);
  if (message.type === "completed") {
    turn.result = message.data.result;
    turn.text = message.data.result.answer;
  } else {
    turn.problem = message.content;
  }
}

/**
 * @param {Turn} turn
 * @param {string} epoch
 */
function forgetLog(turn, epoch) {
  turn.epoch = epoch;
  turn.messages = [];
  turn.steps = [];
  turn.attempt = 0;
  if (!isOver(turn)) turn.text = "";
}

/**
 * Text of an older attempt is void; finished steps stay, as the new attempt reuses them.
 *
 * @param {Turn} turn
 * @param {number} attempt
 */
function newAttempt(turn, attempt) {
  turn.attempt = attempt;
  turn.text = "";
  turn.steps = turn.steps.filter((step) => step.endedMs !== null);
}

/**
 * @param {Turn} turn
 * @param {Message} message
 */
function beginStep(turn, message) {
  const name = message.data.step;
  turn.steps = turn.steps.filter((step) => step.name !== name);
  turn.steps.push({
    name,
    beganMs: Date.parse(message.at),
    endedMs: null,
    beganHereMs: Date.now(),
    data: { ...message.data, said: message.content },
  });
}

/**
 * @param {Turn} turn
 * @param {Message} message
 */
function endSteps(turn, message) {
  for (const step of turn.steps) step.endedMs ??= Date.parse(message.at);
}

/**
 * @param {Turn} turn
 * @param {Message} message
 */
function found(turn, message) {
  const step = turn.steps.find(({ name }) => name === FOUND_BY[message.type]);
  if (!step) return;
  step.data = { ...step.data, ...message.data };
  step.endedMs = Date.parse(message.at);
}

/**
 * Whether the page waits for anything of this turn.
 *
 * @param {Turn} turn
 * @returns {StepName | "sending" | "waiting" | "retrying" | "stopping" | null}
 */
export function doing(turn) {
  if (isOver(turn)) return null;
  if (turn.phase !== "running") return turn.phase === "sending" ? "sending" : /** @type {any} */ (turn.phase);
  return turn.steps.find((step) => step.endedMs === null)?.name ?? "waiting";
}
