/** What is under the pointer in a chart. */

export class Tooltip {
  /** @param {(value: unknown) => string} write */
  constructor(write) {
    this.write = write;
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
    this.box.hidden = value === null || value === undefined || value === "";
    if (this.box.hidden) return;
    this.box.replaceChildren(...this.#lines(value));
    const { offsetWidth, offsetHeight } = this.box;
    const left = event.clientX + 14 + offsetWidth > innerWidth ? event.clientX - offsetWidth - 14 : event.clientX + 14;
    const top = Math.min(event.clientY + 14, innerHeight - offsetHeight - 8);
    this.box.style.transform = `translate(${Math.max(left, 8)}px, ${Math.max(top, 8)}px)`;
  };

  /** @param {unknown} value */
  #lines(value) {
    if (typeof value !== "object" || value === null) return [document.createTextNode(this.write(value))];
    return Object.entries(value).map(([name, part]) => {
      const line = document.createElement("div");
      const term = Object.assign(document.createElement("span"), { textContent: name });
      const figure = Object.assign(document.createElement("b"), { textContent: this.write(part) });
      line.append(term, figure);
      return line;
    });
  }
}
