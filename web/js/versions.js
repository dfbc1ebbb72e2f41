/**
 * The turns of a conversation form a tree, as the server keeps it: each follows the newest, and one
 * that was edited or asked again follows what the old one followed. Both are kept; one is shown.
 *
 * @import {Turn} from "./types.js"
 */

/**
 * All versions of a turn, in the order they were asked.
 *
 * @param {Turn[]} turns
 * @param {Turn} turn
 */
export function versions(turns, turn) {
  return turns.filter(({ follows }) => follows === turn.follows);
}

/**
 * One branch of the tree: of each turn the chosen version, else the latest.
 *
 * @param {Turn[]} turns
 * @param {Map<Turn | null, Turn>} chosen by the turn they follow
 * @returns {Turn[]}
 */
export function shown(turns, chosen) {
  /** @type {Turn[]} */
  const branch = [];
  /** @type {Map<Turn | null, Turn>} */
  const latest = new Map(turns.map((turn) => [turn.follows, turn]));
  let next = chosen.get(null) ?? latest.get(null);
  while (next) {
    branch.push(next);
    next = chosen.get(next) ?? latest.get(next);
  }
  return branch;
}

/**
 * Choose the branch that leads to a turn.
 *
 * @param {Map<Turn | null, Turn>} chosen
 * @param {Turn} turn
 */
export function chooseBranch(chosen, turn) {
  for (let at = /** @type {Turn | null} */ (turn); at; at = at.follows) chosen.set(at.follows, at);
}
