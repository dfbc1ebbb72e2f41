/**
 * The shapes of the client library.
 *
 * @typedef {object} Message docs/events.md
 * @property {string} id `<epoch>-<seq>`
 * @property {number} seq
 * @property {string} type
 * @property {string} at
 * @property {number} attempt
 * @property {string} role
 * @property {string} content
 * @property {Record<string, any>} data
 *
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
 * @typedef {object} Options
 * @property {(condition: Condition) => void} [onCondition] at each change
 * @property {Partial<Patience>} [patience] other waits than the usual ones
 *
 * @typedef {object} Handlers
 * @property {(messages: Message[]) => void} onMessages the next ones, at least one; after a terminal
 *   message nothing follows
 * @property {() => void} [onRestart] the log began anew: forget its messages, they come again
 * @property {() => void} [onGone] the log has expired or is not ours; nothing follows
 *
 * @typedef {object} Owner of a job that is followed
 * @property {() => void} starved the stream does not bring what the log has
 * @property {(following: Following) => void} over nothing follows any more
 *
 * @typedef {object} ConnectionListener
 * @property {(items: Item[], cursor: string) => void} onItems in order; where to resume after them
 * @property {(resumed: boolean) => void} onOpen a stream is open; after a cursor or without one
 * @property {() => void} onCondition it has changed
 *
 * @typedef {object} TabsListener
 * @property {() => void} onLead this tab leads from now on
 * @property {() => void} onLose it does not any more
 * @property {(said: any) => void} onSaid another tab said something
 *
 * @typedef {{kind: 'items', items: Item[], cursor: string}
 *   | {kind: 'open', resumed: boolean}
 *   | {kind: 'condition', condition: Condition, cursor: string}
 *   | {kind: 'sign'}} FromLeader
 * @typedef {{kind: 'hello'} | {kind: 'nudge'} | {kind: 'starved'}} ToLeader
 *
 * @typedef {object} Frame of Server-Sent Events
 * @property {string} id where to resume after this frame; empty when the server named none
 * @property {string} event its name; empty for an ordinary one
 * @property {string} data empty in a frame that only says where to resume
 *
 * @import {Following} from "./following.js"
 * @import {Patience} from "./patience.js"
 */

export {};
