/**
 * <data-grid>: a table that sorts, draws only the rows in sight, and shows a cell that was named.
 *
 * @import {App} from "../app.js"
 * @import {Cell, Table} from "../types.js"
 */

import { html, nothing, render } from "../html.js";
import { icon } from "../icons.js";
import { download } from "../save.js";
import { columnOf } from "./columns.js";
import { sortRows } from "./sorting.js";

/** @typedef {import("./columns.js").ColumnShape} ColumnShape */

export const ROW_PX = 34;
/** Fewer rows than this are drawn whole. */
const ALL_IN_SIGHT = 120;
const OVERSCAN = 12;
/** A longer name is written over several lines. */
const WIDEST_HEAD_CH = 18;

export class DataGrid extends HTMLElement {
  /** @type {App | null} */
  app = null;
  /** @type {string | null} the task whose whole result can be downloaded */
  task = null;
  /** @type {string} cells that the text refers to: "0,1 3,1" */
  cited = "";
  /** @type {Table | null} */
  #table = null;
  /** @type {ColumnShape[]} */
  #columns = [];
  /** @type {number[]} the table's row at each place */
  #order = [];
  /** @type {{column: number, down: boolean} | null} */
  #sort = null;
  #first = 0;
  #last = 0;
  /** @type {string | null} */
  #marked = null;
  #frame = 0;
  /** @type {unknown} */
  #words = null;

  connectedCallback() {
    this.#need();
  }

  /** @param {Table} table */
  set table(table) {
    if (table === this.#table) {
      if (this.app && this.app.words !== this.#words) this.#need();
      return;
    }
    this.#table = table;
    this.#columns = [];
    this.#sort = null;
    this.#order = table.rows.map((_, row) => row);
    this.#need();
  }

  /** Mark a cell, or none. @param {string | null} cell */
  mark(cell) {
    this.#marked = cell;
    for (const marked of this.querySelectorAll("td.marked")) marked.classList.remove("marked");
    if (cell) this.querySelector(`td[data-cell="${cell}"]`)?.classList.add("marked");
  }

  /** Bring a cell in sight and put the focus on it. @param {string} cell */
  reveal(cell) {
    const place = this.#order.indexOf(Number(cell.split(",")[0]));
    if (place < 0) return;
    const view = this.#view();
    const top = place * ROW_PX;
    if (view && (top < view.scrollTop || top > view.scrollTop + view.clientHeight - 3 * ROW_PX)) {
      view.scrollTop = Math.max(top - view.clientHeight / 2, 0);
      this.#draw();
    }
    this.mark(cell);
    const found = /** @type {HTMLElement | null} */ (this.querySelector(`td[data-cell="${cell}"]`));
    found?.focus({ preventScroll: true });
    found?.scrollIntoView({ block: "nearest", inline: "nearest", behavior: "smooth" });
  }

  #view() {
    return /** @type {HTMLElement | null} */ (this.querySelector(".grid-view"));
  }

  #need() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.isConnected) this.#draw();
    });
  }

  #draw() {
    const table = this.#table;
    if (!table || !this.app) return;
    const { words } = this.app;
    if (words !== this.#words || !this.#columns.length) {
      this.#words = words;
      this.#columns = table.columns.map((_, at) => columnOf(table, at, words));
    }
    this.#window(table.rows.length);
    render(this.#template(table, this.app), this);
  }

  /** Which places are in sight. @param {number} rows */
  #window(rows) {
    if (rows <= ALL_IN_SIGHT) {
      this.#first = 0;
      this.#last = rows;
      return;
    }
    const view = this.#view();
    const height = view?.clientHeight || 420;
    this.#first = Math.max(Math.floor((view?.scrollTop ?? 0) / ROW_PX) - OVERSCAN, 0);
    this.#last = Math.min(this.#first + Math.ceil(height / ROW_PX) + 2 * OVERSCAN, rows);
  }

  /**
   * @param {Table} table
   * @param {App} app
   */
  #template(table, app) {
    const rows = this.#order.slice(this.#first, this.#last);
    const fixed = table.rows.length > ALL_IN_SIGHT;
    return html`
      <div class="grid-view" tabindex="0" role="group" aria-label=${app.t("grid.label")} @scroll=${() => this.#scrolled()}>
        <table
          class=${fixed ? "fixed" : ""}
          aria-rowcount=${table.rows.length + 1}
          .style=${fixed ? `min-width:${this.#columns.reduce((sum, { widthCh }) => sum + widthCh + 3, 0)}ch` : ""}
          @mouseover=${(/** @type {Event} */ event) => this.#hover(event)}
          @mouseleave=${() => this.#tell(null)}
        >
          ${fixed
            ? html`<colgroup>${this.#columns.map(({ widthCh }) => html`<col .style=${`width:${widthCh + 3}ch`} />`)}</colgroup>`
            : nothing}
          <thead>
            <tr aria-rowindex="1">${this.#columns.map((column, at) => this.#headView(app, column, at))}</tr>
          </thead>
          <tbody>
            ${spacer(this.#first, this.#columns.length)}
            ${rows.map((row, at) => this.#rowView(table.rows[row], row, this.#first + at))}
            ${spacer(table.rows.length - this.#last, this.#columns.length)}
          </tbody>
        </table>
      </div>
      ${this.#footView(table, app)}
    `;
  }

  /**
   * @param {App} app
   * @param {ColumnShape} column
   * @param {number} at
   */
  #headView(app, column, at) {
    const sorted = this.#sort?.column === at ? (this.#sort.down ? "descending" : "ascending") : "none";
    return html`
      <th scope="col" class=${column.kind} aria-sort=${sorted} .style=${`min-width:${Math.min(column.widthCh, WIDEST_HEAD_CH)}ch`}>
        <button title=${app.t("grid.sort", { column: column.name })} @click=${() => this.#sortBy(at)}>
          <span>${column.name} <span class="kind-mark">${column.unit || app.t(`kind_of.${column.kind}`)}</span></span>
          <span class="arrow" aria-hidden="true"></span>
        </button>
      </th>
    `;
  }

  /**
   * @param {Cell[]} cells
   * @param {number} row
   * @param {number} place
   */
  #rowView(cells, row, place) {
    const cited = ` ${this.cited} `;
    return html`<tr aria-rowindex=${place + 2}>
      ${cells.map((cell, at) => {
        const column = this.#columns[at];
        const name = `${row},${at}`;
        const classes = [column.kind, cell === null && "null", cited.includes(` ${name} `) && "cited", name === this.#marked && "marked"];
        return html`<td class=${classes.filter(Boolean).join(" ")} data-cell=${name} tabindex="-1">${column.write(cell)}</td>`;
      })}
    </tr>`;
  }

  /**
   * @param {Table} table
   * @param {App} app
   */
  #footView(table, app) {
    const all = table.total_rows ?? table.rows.length;
    const count = table.truncated || all > table.rows.length
      ? app.t("grid.some", { shown: table.rows.length, n: all })
      : app.t("datasets.rows", { n: table.rows.length });
    return html`
      <div class="grid-foot">
        <span>${count}</span>
        ${this.task
          ? html`<span class="downloads">
              ${this.#downloadView(app, "csv", "CSV")} ${this.#downloadView(app, "parquet", "Parquet")}
            </span>`
          : nothing}
      </div>
    `;
  }

  /**
   * @param {App} app
   * @param {string} format
   * @param {string} name
   */
  #downloadView(app, format, name) {
    const path = `/api/chat/result/${this.task}.${format}`;
    return html`
      <a
        class="ghost small"
        href=${path}
        download
        @click=${(/** @type {Event} */ event) => {
          event.preventDefault();
          void download(app, path);
        }}
        >${icon("save")} ${name}</a
      >
    `;
  }

  #scrolled() {
    if (this.#table && this.#table.rows.length > ALL_IN_SIGHT) this.#need();
  }

  /** One way, the other, and then back to the answer's own order. @param {number} column */
  async #sortBy(column) {
    const table = /** @type {Table} */ (this.#table);
    const { kind } = this.#columns[column];
    const before = this.#sort?.column === column ? this.#sort.down : null;
    const first = kind === "number"; // figures: the greatest on top
    const wanted = before === null ? first : before === first ? !first : null;
    const sort = wanted === null ? null : { column, down: wanted };
    this.#sort = sort;
    this.#need();
    const order = sort ? await sortRows(table.rows, column, kind, sort.down) : table.rows.map((_, row) => row);
    if (this.#sort !== sort || this.#table !== table) return; // sorted otherwise meanwhile
    this.#order = order;
    const view = this.#view();
    if (view) view.scrollTop = 0;
    this.#draw();
  }

  /** @param {Event} event */
  #hover(event) {
    const cell = /** @type {HTMLElement | null} */ (/** @type {HTMLElement} */ (event.target).closest("td.cited"));
    this.#tell(cell?.dataset.cell ?? null);
  }

  /** @param {string | null} detail */
  #tell(detail) {
    this.dispatchEvent(new CustomEvent("cellhover", { detail, bubbles: true }));
  }
}

/**
 * Room for the rows that are not drawn.
 *
 * @param {number} rows
 * @param {number} columns
 */
function spacer(rows, columns) {
  if (rows <= 0) return nothing;
  return html`<tr class="spacer" aria-hidden="true"><td colspan=${columns} .style=${`height:${rows * ROW_PX}px`}></td></tr>`;
}

customElements.define("data-grid", DataGrid);
