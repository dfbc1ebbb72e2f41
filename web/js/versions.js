/**
 * A question that was edited or asked again stands in the place of the one it replaces; both are
 * kept, and one is shown.
 *
 * @import {Turn} from "./turn.js"
 */

/**
 * The first version of a turn.
 *
 * @param {Turn[]} turns
 * @param {Turn} turn
 * @returns {Turn}
 */
function first(turns, turn) {
  const replaced = turn.replaces && turns.find(({ taskId }) => taskId === turn.replaces);
  return replaced ? first(turns, replaced) : turn;
}

/**
 * All versions of a turn, in the order they were asked.
 *
 * @param {Turn[]} turns
 * @param {Turn} turn
 */
export function versions(turns, turn) {
  const origin = first(turns, turn);
  return turns.filter((other) => first(turns, other) === origin);
}

/**
 * One version of each turn: the chosen one, else the latest.
 *
 * @param {Turn[]} turns
 * @param {Map<string, string>} chosen by the first version's key
 * @returns {Turn[]}
 */
export function shown(turns, chosen) {
  return turns
    .filter((turn) => first(turns, turn) === turn)
    .map((origin) => {
      const all = versions(turns, origin);
      return all.find(({ key }) => key === chosen.get(origin.key)) ?? all[all.length - 1];
    });
}
