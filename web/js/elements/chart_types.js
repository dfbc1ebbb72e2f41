/** The same data as another kind of chart. */

/** @typedef {{mark: string, shape: import("../icons.js").IconName}} Mark */

/** @type {Mark[]} */
const MARKS = [
  { mark: "bar", shape: "bars" },
  { mark: "line", shape: "line" },
  { mark: "area", shape: "area" },
  { mark: "point", shape: "dots" },
];

/** @type {Mark} shares of a whole: only for what was drawn so at first */
const PIE = { mark: "arc", shape: "pie" };

/** The kind that a spec is of. @param {any} spec @returns {string} */
export function markOf(spec) {
  return typeof spec.mark === "string" ? spec.mark : (spec.mark?.type ?? "");
}

/** The kinds of chart that a spec can be drawn as. @param {any} spec */
export function marksOf(spec) {
  return markOf(spec) === PIE.mark ? [PIE, ...MARKS] : MARKS;
}

/**
 * @param {any} spec
 * @param {string} mark
 */
export function redrawn(spec, mark) {
  if (markOf(spec) === mark) return spec;
  const { xOffset, theta, ...own } = spec.encoding ?? {};
  const { color, ...rest } = own;
  const encoding = theta ? { ...rest, x: { ...color, legend: undefined }, y: theta } : own;
  const shape = { type: mark, ...(mark === "line" && { point: true }), ...(mark === "point" && { filled: true, size: 70 }) };
  return { ...spec, mark: shape, encoding: mark === "bar" && xOffset ? spec.encoding : encoding };
}

/**
 * Without a tooltip of its own, so that the page's shows the row as the table writes it.
 *
 * @param {any} spec
 */
export function untold(spec) {
  const { tooltip: _, ...encoding } = spec.encoding ?? {};
  return { ...spec, encoding };
}
