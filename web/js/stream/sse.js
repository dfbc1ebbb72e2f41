// Server-Sent Events out of bytes, as they come. Comments are heartbeats: whoever reads the bytes
// has seen them already, so they are dropped here.

/** @import {Frame} from "./types.js" */

/** A reader of one response; a frame counts only when its blank line has arrived. */
export class Reader {
  #decoder = new TextDecoder();
  #rest = "";
  #id = "";
  #event = "";
  /** What the server last asked to wait before coming back, in ms; 0 when it has not. */
  retryMs = 0;
  /** @type {string[]} */
  #data = [];

  /**
   * @param {Uint8Array} bytes
   * @returns {Frame[]} the frames that these bytes complete
   */
  read(bytes) {
    const lines = (this.#rest + this.#decoder.decode(bytes, { stream: true })).split("\n");
    this.#rest = lines.pop() ?? "";
    return lines.flatMap((line) => this.#line(line.endsWith("\r") ? line.slice(0, -1) : line));
  }

  /**
   * @param {string} line
   * @returns {Frame[]}
   */
  #line(line) {
    if (line.startsWith("data:")) {
      this.#data.push(valueOf(line, 5));
    } else if (line.startsWith("id:")) {
      this.#id = valueOf(line, 3);
    } else if (line.startsWith("event:")) {
      this.#event = valueOf(line, 6);
    } else if (line.startsWith("retry:")) {
      this.retryMs = Number(valueOf(line, 6)) || 0;
    } else if (line === "") {
      const frame = { id: this.#id, event: this.#event, data: this.#data.join("\n") };
      this.#event = "";
      this.#data = [];
      return [frame];
    }
    return [];
  }
}

/**
 * @param {string} line
 * @param {number} start
 * @returns {string} a field's value; one space after the colon is not part of it
 */
function valueOf(line, start) {
  return line.slice(line[start] === " " ? start + 1 : start);
}
