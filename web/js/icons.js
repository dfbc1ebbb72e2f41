/** Icons: strokes on a field of 24, in the colour of the text. */

import { html, svg } from "./html.js";

const SHAPES = {
  plus: svg`<path d="M12 5v14M5 12h14" />`,
  send: svg`<path d="M12 19V5M6 11l6-6 6 6" />`,
  stop: svg`<rect x="7" y="7" width="10" height="10" rx="2" fill="currentColor" stroke="none" />`,
  menu: svg`<path d="M4 7h16M4 12h16M4 17h10" />`,
  close: svg`<path d="M6 6l12 12M18 6L6 18" />`,
  table: svg`<rect x="4" y="5" width="16" height="14" rx="2" /><path d="M4 10h16M10 10v9" />`,
  search: svg`<circle cx="11" cy="11" r="6" /><path d="M16 16l4 4" />`,
  pencil: svg`<path d="M5 19l1-4L16 5l3 3L9 18z" />`,
  trash: svg`<path d="M5 7h14M10 7V5h4v2M7 7l1 12h8l1-12" />`,
  again: svg`<path d="M19 12a7 7 0 1 1-2-5M19 4v4h-4" />`,
  copy: svg`<rect x="9" y="9" width="10" height="10" rx="2" /><path d="M6 15H5V5h10v1" />`,
  done: svg`<path d="M5 12.5l4.5 4.5L19 7.5" />`,
  down: svg`<path d="M6 10l6 6 6-6" />`,
  left: svg`<path d="M14 6l-6 6 6 6" />`,
  right: svg`<path d="M10 6l6 6-6 6" />`,
  save: svg`<path d="M12 5v10M7 11l5 5 5-5M5 20h14" />`,
  receipt: svg`<path d="M6 4h12v16l-3-2-3 2-3-2-3 2zM9 9h6M9 13h4" />`,
  up: svg`<path d="M8 11l4-7c2 0 2.500 1.500 2 3l-.8 3H18c1.500 0 2 1 1.700 2.200l-1.400 5.300c-.3 1-1 1.500-2 1.500H8zM4 11h4v8H4z" />`,
  log: svg`<path d="M5 6h14M5 10h9M5 14h14M5 18h7" />`,
  warn: svg`<path d="M12 4l9 16H3zM12 10v4M12 17v.5" />`,
  clock: svg`<circle cx="12" cy="12" r="8" /><path d="M12 8v4l3 2" />`,
  question: svg`<path d="M9 9a3 3 0 1 1 4.500 2.600c-1 .6-1.500 1.200-1.500 2.400M12 17.500v.5" /><circle cx="12" cy="12" r="9" />`,
  empty: svg`<circle cx="12" cy="12" r="8" /><path d="M6.500 17.500l11-11" />`,
  calendar: svg`<rect x="4" y="6" width="16" height="14" rx="2" /><path d="M4 11h16M9 3v5M15 3v5" />`,
  cut: svg`<path d="M4 8h16M4 12h16M4 16h4M11 16h2M16 16h1" />`,
  shield: svg`<path d="M12 4l7 3v5c0 4-3 7-7 8-4-1-7-4-7-8V7zM9 12l2 2 4-4" />`,
  no: svg`<circle cx="12" cy="12" r="8" /><path d="M8 12h8" />`,
  sun: svg`<circle cx="12" cy="12" r="4" /><path d="M12 3v2M12 19v2M3 12h2M19 12h2M5.600 5.600L7 7M17 17l1.400 1.400M18.400 5.600L17 7M7 17l-1.400 1.400" />`,
  moon: svg`<path d="M19 14A8 8 0 1 1 10 5a6 6 0 0 0 9 9z" />`,
  half: svg`<circle cx="12" cy="12" r="8" /><path d="M12 4a8 8 0 0 1 0 16z" fill="currentColor" />`,
  upload: svg`<path d="M12 16V5M7 10l5-5 5 5M5 20h14" />`,
  bars: svg`<path d="M6 19v-8M12 19V6M18 19v-5" />`,
  line: svg`<path d="M4 17l5-6 4 3 7-8" />`,
  area: svg`<path d="M4 17l5-6 4 3 7-8v13H4z" fill="currentColor" fill-opacity=".25" />`,
  pie: svg`<path d="M12 4a8 8 0 1 0 8 8h-8z" /><path d="M16 3.500a8 8 0 0 1 4.500 4.500H16z" />`,
  dots: svg`<circle cx="7" cy="15" r="1.500" /><circle cx="12" cy="9" r="1.500" /><circle cx="17" cy="13" r="1.500" />`,
  more: svg`<circle cx="6" cy="12" r="1" /><circle cx="12" cy="12" r="1" /><circle cx="18" cy="12" r="1" />`,
  globe: svg`<circle cx="12" cy="12" r="8" /><path d="M4 12h16M12 4c3 3 3 13 0 16M12 4c-3 3-3 13 0 16" />`,
  wave: svg`<path d="M3 10c3-3 6-3 9 0s6 3 9 0M3 16c3-3 6-3 9 0s6 3 9 0" />`,
  plug: svg`<path d="M9 4v5M15 4v5M6 9h12v3a6 6 0 0 1-12 0zM12 18v3" />`,
};

/** @typedef {keyof typeof SHAPES} IconName */

/** @param {IconName} name */
export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">${SHAPES[name]}</svg>`;
}
