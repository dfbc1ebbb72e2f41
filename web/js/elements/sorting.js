/**
 * Sorting a table's rows without keeping the page from anything else: a merge sort in slices.
 *
 * @import {Cell} from "../types.js"
 * @import {Kind} from "./columns.js"
 */

const SLICE_MS = 12;
/** From here on, comparing by the reader's alphabet takes too long. */
const MANY_ROWS = 5_000;
/** So many rows are sorted between two looks at the clock. */
const RUN = 2_048;

/**
 * The rows' numbers, sorted; rows without a value come last either way, equals stay as they were.
 *
 * @param {Cell[][]} rows
 * @param {number} column
 * @param {Kind} kind
 * @param {boolean} down
 * @returns {Promise<number[]>}
 */
export async function sortRows(rows, column, kind, down) {
  /** @type {number[]} */
  const full = [];
  /** @type {number[]} */
  const empty = [];
  for (let row = 0; row < rows.length; row += 1) (rows[row][column] === null ? empty : full).push(row);
  const inOrder = kind === "text" && rows.length <= MANY_ROWS ? byAlphabet() : byValue;
  const sign = down ? -1 : 1;
  const sorted = await mergeSort(full, (a, b) => sign * inOrder(rows[a][column], rows[b][column]));
  return [...sorted, ...empty];
}

/**
 * @param {number[]} items
 * @param {(a: number, b: number) => number} compare
 */
async function mergeSort(items, compare) {
  const breathe = breather();
  let runs = [];
  for (let at = 0; at < items.length; at += RUN) {
    runs.push(items.slice(at, at + RUN).sort(compare));
    await breathe();
  }
  while (runs.length > 1) {
    const longer = [];
    for (let at = 0; at < runs.length; at += 2) {
      longer.push(at + 1 < runs.length ? await merge(runs[at], runs[at + 1], compare, breathe) : runs[at]);
    }
    runs = longer;
  }
  return runs[0] ?? [];
}

/**
 * @param {number[]} left
 * @param {number[]} right
 * @param {(a: number, b: number) => number} compare
 * @param {() => Promise<void> | void} breathe
 */
async function merge(left, right, compare, breathe) {
  const merged = [];
  let l = 0;
  let r = 0;
  while (l < left.length && r < right.length) {
    merged.push(compare(left[l], right[r]) <= 0 ? left[l++] : right[r++]);
    if (merged.length % RUN === 0) await breathe();
  }
  return merged.concat(left.slice(l), right.slice(r));
}

/** Lets the page do other things once its slice of time is used up. */
function breather() {
  let since = performance.now();
  return () => {
    if (performance.now() - since < SLICE_MS) return;
    return new Promise((resolve) => setTimeout(resolve)).then(() => {
      since = performance.now();
    });
  };
}

/** @param {any} a @param {any} b */
function byValue(a, b) {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** @returns {(a: any, b: any) => number} */
function byAlphabet() {
  const collator = new Intl.Collator(undefined, { numeric: true });
  return (a, b) => collator.compare(String(a), String(b));
}
