/**
 * What is under the pointer in a chart: its row of the table, written as the table writes it.
 *
 * @import {ColumnShape} from "./columns.js"
 */

export class Tooltip {
  /** @param {ColumnShape[]} columns */
  constructor(columns) {
    this.columns = columns;
    this.box = /** @type {HTMLElement} */ (document.querySelector(".chart-tip") ?? document.createElement("div"));
    this.box.className = "chart-tip";
    this.box.hidden = true;
    if (!this.box.isConnected) document.body.append(this.box);
  }

  /**
   * @param {unknown} _handler
   * @param {MouseEvent} event
   * @param {unknown} _item
   * @param {unknown} value null: nothing
   */
  handle = (_handler, event, _item, value) => {
    this.box.hidden = value === null || typeof value !== "object";
    if (this.box.hidden) return;
    this.box.replaceChildren(...this.#lines(value));
    const { offsetWidth, offsetHeight } = this.box;
    const left = event.clientX + 14 + offsetWidth > innerWidth ? event.clientX - offsetWidth - 14 : event.clientX + 14;
    const top = Math.min(event.clientY + 14, innerHeight - offsetHeight - 8);
    this.box.style.transform = `translate(${Math.max(left, 8)}px, ${Math.max(top, 8)}px)`;
  };

  /** @param {unknown} row the chart's data with what the chart itself has added */
  #lines(row) {
    return this.columns.flatMap(({ name, write, unit }) => {
      const value = /** @type {any} */ (row)[name];
      if (value === undefined) return [];
      const line = document.createElement("div");
      const term = Object.assign(document.createElement("span"), { textContent: name });
      const figure = Object.assign(document.createElement("b"), { textContent: `${write(value)} ${unit}` });
      line.append(term, figure);
      return [line];
    });
  }
}
