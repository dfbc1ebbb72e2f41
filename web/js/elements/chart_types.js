/** The same data as another kind of chart. */

/** @typedef {{mark: string, shape: import("../icons.js").IconName}} Mark */

/** @type {Mark[]} */
export const MARKS = [
  { mark: "bar", shape: "bars" },
  { mark: "line", shape: "line" },
  { mark: "area", shape: "area" },
  { mark: "point", shape: "dots" },
];

/**
 * @param {any} spec
 * @param {string} mark
 */
export function redrawn(spec, mark) {
  const was = typeof spec.mark === "string" ? { type: spec.mark } : spec.mark;
  if (was?.type === mark) return spec;
  const { xOffset, ...encoding } = spec.encoding ?? {};
  const shape = { type: mark, ...(mark === "line" && { point: true }), ...(mark === "point" && { filled: true, size: 70 }) };
  return { ...spec, mark: shape, encoding: mark === "bar" && xOffset ? spec.encoding : encoding };
}
