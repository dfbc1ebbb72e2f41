/** How charts look, in light and in dark: the page's own colours and type. */

const LIGHT = { ink: "#4a5560", grid: "#e6e8e6", colours: ["#0e7c8b", "#d9822b", "#5a6fc0", "#b5527d", "#6a9a3b", "#8a6d4f", "#3f97d1"] };
const DARK = { ink: "#a9b4bd", grid: "#2b343b", colours: ["#4fc1cf", "#f0a860", "#8f9ff0", "#e088ae", "#9ccb6a", "#c7a98a", "#78bdf0"] };

/** A figure that stands for a category has no more decimals than one can read. */
const SHORT = "isNumber(datum.value) && length(datum.label) > 8 ? format(datum.value, '.4~r') : datum.label";

/** @param {boolean} dark */
export function look(dark) {
  const { ink, grid, colours } = dark ? DARK : LIGHT;
  const font = getComputedStyle(document.body).fontFamily;
  return {
    font,
    background: "transparent",
    view: { stroke: null },
    range: { category: colours },
    mark: { color: colours[0], tooltip: { content: "data" } },
    bar: { cornerRadiusEnd: 3 },
    line: { strokeWidth: 2.5, strokeCap: "round", strokeJoin: "round" },
    area: { fillOpacity: 0.25, line: { strokeWidth: 2 } },
    point: { filled: true, size: 50 },
    axis: { labelColor: ink, titleColor: ink, titleFontWeight: 500, labelFontSize: 11, titleFontSize: 11.5, gridColor: grid, domain: false, tickColor: grid, titlePadding: 10, labelLimit: 140, labelExpr: SHORT },
    axisX: { grid: false },
    legend: { labelColor: ink, titleColor: ink, titleFontWeight: 500, orient: "top", symbolType: "circle" },
  };
}
