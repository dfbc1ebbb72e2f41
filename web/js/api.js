/**
 * The HTTP API, one function per call. Errors are `ApiError`; `App.sorry` says them.
 *
 * @import {ConversationBrief, DatasetBrief, Description, Problem, Profile, StoredTurn} from "./types.js"
 */

import { PATIENCE, retryAfter } from "./stream/patience.js";
import { request } from "./stream/request.js";

/** A file may take the server 50 s to begin. */
const FILE_MS = 60_000;
/** The longest that nothing moves while a file is sent, or read after that. */
const UPLOAD_MS = 60_000;

/** The server's "no", or its absence (`status` 0). */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {Problem} [problem] as the server told it
   * @param {number | null} [retryAfterS]
   */
  constructor(status, problem = {}, retryAfterS = null) {
    super(problem.detail ?? "");
    this.status = status;
    this.problem = problem;
    /** A stable name for what went wrong. */
    this.kind = (problem.type ?? "").replace("urn:tailrace:", "");
    this.retryAfterS = retryAfterS;
  }

  /** Whether the same call may succeed later without a change. */
  get passing() {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/**
 * @param {string} method
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>}
 */
async function call(method, path, body, headers = {}) {
  /** @type {RequestInit & {headers: Record<string, string>}} */
  const options = { method, headers: { Accept: "application/json", ...headers } };
  if (body !== undefined) {
    Object.assign(options, { body: JSON.stringify(body) });
    options.headers["Content-Type"] = "application/json";
  }
  const response = await answered(path, options, PATIENCE.request);
  return response.status === 204 ? null : whole(response.json());
}

/**
 * @param {string} path
 * @param {RequestInit} options
 * @param {number} silenceMs
 */
async function answered(path, options, silenceMs) {
  const response = await whole(request(path, options, silenceMs));
  if (!response.ok) throw await problemOf(response);
  return response;
}

/**
 * An answer that was cut on its way, at whichever place, is one that did not come.
 *
 * @template T
 * @param {Promise<T>} coming
 * @returns {Promise<T>}
 */
function whole(coming) {
  return coming.catch(() => {
    throw new ApiError(0);
  });
}

/** A file that the server makes. @param {string} path */
export async function file(path) {
  const response = await answered(path, {}, FILE_MS);
  const [, name] = /filename="?([^";]+)/.exec(response.headers.get("Content-Disposition") ?? "") ?? [];
  return { name: name ?? "", content: await whole(response.blob()) };
}

/**
 * @param {Response} response
 * @returns {Promise<ApiError>}
 */
async function problemOf(response) {
  const waitMs = retryAfter(response.headers.get("Retry-After"));
  const body = await response.json().catch(() => ({}));
  return new ApiError(response.status, body, waitMs / 1000 || null);
}

/** @returns {Promise<DatasetBrief[]>} */
export async function datasets() {
  return (await call("GET", "/api/datasets")).datasets;
}

/**
 * @param {string} id
 * @returns {Promise<Profile>}
 */
export function profile(id) {
  return call("GET", `/api/datasets/${encodeURIComponent(id)}/profile`);
}

/**
 * @param {{message: string, dataset: string, conversationId: string | null,
 *     replaces: string | null, key: string}} question
 * @returns {Promise<{task_id: string, conversation_id: string}>}
 */
export function ask({ message, dataset, conversationId, replaces, key }) {
  const body = {
    action: "continue_conversation",
    message,
    ...(dataset && { dataset }),
    ...(conversationId && { conversation_id: conversationId }),
    ...(replaces && { replaces }),
  };
  return call("POST", "/api/chat", body, { "Idempotency-Key": key });
}

/** @param {string} taskId */
export function cancel(taskId) {
  return call("POST", `/api/chat/cancel/${taskId}`);
}

/**
 * @param {string} taskId
 * @returns {Promise<{messages: import("./types.js").Message[]}>}
 */
export function status(taskId) {
  return call("GET", `/api/chat/status/${taskId}`);
}

/**
 * @param {string} taskId
 * @param {import("./types.js").Feedback} feedback a null rating takes it back
 */
export function feedback(taskId, { rating, reason }) {
  return call("POST", `/api/chat/feedback/${taskId}`, { rating, ...(reason && { reason }) });
}

/**
 * @param {string} query
 * @param {string} before the `next` of an earlier page
 * @returns {Promise<{conversations: ConversationBrief[], next: string | null}>}
 */
export function conversations(query, before) {
  const asked = new URLSearchParams({ ...(query && { q: query }), ...(before && { before }) });
  return call("GET", `/api/conversations?${asked}`);
}

/**
 * @param {string} id
 * @returns {Promise<{id: string, title: string, dataset: string | null, turns: StoredTurn[]}>}
 */
export function conversation(id) {
  return call("GET", `/api/conversations/${id}`);
}

/**
 * @param {string} id
 * @param {string} title
 */
export function rename(id, title) {
  return call("PATCH", `/api/conversations/${id}`, { title });
}

/** @param {string} id */
export function forget(id) {
  return call("DELETE", `/api/conversations/${id}`);
}

/**
 * @param {string} id
 * @param {Description} said what is left out stays
 */
export function describe(id, said) {
  return call("PATCH", `/api/datasets/${encodeURIComponent(id)}`, said);
}

/** @param {string} id */
export function deleteDataset(id) {
  return call("DELETE", `/api/datasets/${encodeURIComponent(id)}`);
}

/**
 * Send a file; `onProgress` hears the share sent, 0 to 1. fetch cannot tell it, so this is an
 * XMLHttpRequest.
 *
 * @param {File} file
 * @param {(share: number) => void} onProgress
 * @returns {Promise<{task_id: string, dataset_id: string}>}
 */
export function upload(file, onProgress) {
  const { promise, resolve, reject } = withResolvers();
  const sending = new XMLHttpRequest();
  const beganMs = performance.now();
  sending.open("POST", "/api/datasets");
  sending.setRequestHeader("Idempotency-Key", randomKey());
  sending.responseType = "json";
  sending.timeout = UPLOAD_MS;
  sending.upload.onprogress = (event) => {
    sending.timeout = performance.now() - beganMs + UPLOAD_MS; // counts from the start
    onProgress(event.loaded / Math.max(event.total, 1));
  };
  sending.onerror = sending.ontimeout = () => reject(new ApiError(0));
  sending.onload = () => {
    const { status, response } = sending;
    if (status < 300 && response) return resolve(response);
    const waitMs = retryAfter(sending.getResponseHeader("Retry-After"));
    reject(new ApiError(status < 300 ? 0 : status, response ?? {}, waitMs / 1000 || null));
  };
  const form = new FormData();
  form.set("file", file);
  sending.send(form);
  return promise;
}

/** A name for one request, so that it counts once however often it is sent. */
export function randomKey() {
  return crypto.getRandomValues(new Uint32Array(4)).join("-");
}

function withResolvers() {
  /** @type {(value: any) => void} */
  let resolve = () => {};
  /** @type {(reason: unknown) => void} */
  let reject = () => {};
  const promise = new Promise((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}
