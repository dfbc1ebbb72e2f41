/**
 * What the values of a column are, and how they are written.
 *
 * @import {Words} from "../i18n.js"
 * @import {Cell, Table} from "../types.js"
 */

/** @typedef {"number" | "date" | "boolean" | "text"} Kind */

/**
 * @typedef {object} ColumnShape
 * @property {string} name
 * @property {Kind} kind
 * @property {string} unit
 * @property {number} widthCh
 * @property {(cell: Cell) => string} write
 */

/** Enough rows to know a column by. */
const LOOKED_AT = 500;
const NARROWEST_CH = 6;
const WIDEST_CH = 48;
const DAY = /^\d{4}-\d\d-\d\d$/;
const MOMENT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d/;
/** Columns whose whole numbers name something: 2014 is a year, and no 2,014. */
const NAMING = /\byear\b|^(\w+[ _])?(id|no\.?|nr\.?|code)$/i;
const NULL = "–";

/** What the server calls the kinds; where it does not say, the values do. */
const KIND_OF_TYPE = /** @type {Record<string, Kind>} */ ({
  integer: "number",
  number: "number",
  boolean: "boolean",
  date: "date",
  datetime: "date",
  text: "text",
});

/**
 * @param {Table} table
 * @param {number} at
 * @param {Words} words
 * @returns {ColumnShape}
 */
export function columnOf(table, at, words) {
  const name = table.columns[at];
  const values = table.rows.slice(0, LOOKED_AT).flatMap((row) => row[at] ?? []);
  const seen = kindOf(values);
  const kind = seen === "text" ? seen : (KIND_OF_TYPE[table.types?.[at] ?? ""] ?? seen);
  const write = writer(name, kind, values, words);
  const unit = table.units?.[at] ?? "";
  const widest = values.reduce((/** @type {number} */ most, value) => Math.max(most, write(value).length), 0);
  const widthCh = Math.min(Math.max(widest, name.length + unit.length + 3, NARROWEST_CH), WIDEST_CH);
  return { name, kind, unit, write, widthCh };
}

/**
 * @param {Cell[]} values
 * @returns {Kind}
 */
function kindOf(values) {
  const all = (/** @type {(value: Cell) => boolean} */ test) => values.length > 0 && values.every(test);
  if (all((value) => typeof value === "number")) return "number";
  if (all((value) => typeof value === "boolean")) return "boolean";
  if (all((value) => typeof value === "string" && (DAY.test(value) || MOMENT.test(value)))) return "date";
  return "text";
}

/**
 * @param {string} name
 * @param {Kind} kind
 * @param {Cell[]} values
 * @param {Words} words
 * @returns {(cell: Cell) => string}
 */
function writer(name, kind, values, words) {
  /** @param {(cell: any) => string} write @returns {(cell: Cell) => string} */
  const orNull = (write) => (cell) => (cell === null || cell === undefined ? NULL : write(cell));
  if (kind === "number") {
    if (NAMING.test(name) && values.every((value) => Number.isInteger(value))) return orNull(String);
    const format = figures(/** @type {number[]} */ (values), words);
    return orNull((cell) => (typeof cell === "number" ? format.format(cell) : String(cell)));
  }
  if (kind === "date") return orNull((cell) => writeDate(String(cell), words));
  return orNull(String);
}

/**
 * As many decimals as the column needs, the same in each row.
 *
 * @param {number[]} values
 * @param {Words} words
 */
function figures(values, words) {
  if (values.every(Number.isInteger)) return words.whole;
  const most = values.reduce((sum, value) => Math.max(sum, Math.abs(value)), 0);
  const wanted = most >= 1000 ? 1 : most >= 1 ? 2 : 4;
  const had = Math.max(...values.slice(0, 100).map((value) => (String(value).split(".")[1] ?? "").length));
  const digits = Math.min(wanted, had);
  return new Intl.NumberFormat(words.locale, { minimumFractionDigits: digits, maximumFractionDigits: digits });
}

/**
 * @param {string} text
 * @param {Words} words
 */
export function writeDate(text, words) {
  // A day has no time zone: built from its parts, it stays the same day everywhere.
  const [year, month, day] = text.slice(0, 10).split("-").map(Number);
  const date = new Date(year, month - 1, day);
  if (DAY.test(text) || /[T ]00:00(:00(\.0+)?)?$/.test(text)) return words.dates.format(date);
  const [hour, minute] = text.slice(11, 16).split(":").map(Number);
  date.setHours(hour, minute);
  return words.times.format(date);
}
