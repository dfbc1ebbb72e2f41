/**
 * <rich-text>: an answer that its model wrote in Markdown. The libraries are loaded with the first
 * such answer; until they are there, and if they never come, the text stands as it is. Raw HTML in
 * it is shown as text, and what is made of the rest is cleaned before it gets into the page.
 *
 * @import {Part} from "../types.js"
 */

import { render } from "../html.js";

/** What a text must have for it to be worth reading as Markdown. */
const MARKS = /(^|\n)\s{0,3}([-*+]\s|\d+[.)]\s|#{1,4}\s|>\s|\|.+\|)|\*\*\S|`\S/;
/** Around the number of a part that is no mere text; no text has these. */
const OPEN = "\uE000";
const CLOSE = "\uE001";
const BOUND = new RegExp(`${OPEN}(\\d+)${CLOSE}`);
const ALLOWED = {
  ALLOWED_TAGS: "p br strong em del code pre ul ol li h1 h2 h3 h4 blockquote table thead tbody tr th td hr".split(" "),
  ALLOWED_ATTR: ["start"],
};

/** @param {string} text */
export function isRich(text) {
  return MARKS.test(text);
}

/** @type {Promise<(text: string) => DocumentFragment> | null} */
let loading = null;

/** Text to clean elements. */
function reader() {
  loading ??= (async () => {
    const [{ Marked }] = await Promise.all([
      import("../../vendor/marked/marked.esm.js"),
      import("../../vendor/dompurify/purify.min.js"),
    ]);
    const { DOMPurify } = /** @type {any} */ (globalThis);
    const marked = new Marked({ gfm: true, renderer: { html: ({ text }) => escaped(text) } });
    return (/** @type {string} */ text) =>
      DOMPurify.sanitize(/** @type {string} */ (marked.parse(text)), { ...ALLOWED, RETURN_DOM_FRAGMENT: true });
  })();
  loading.catch(() => (loading = null));
  return loading;
}

/** @param {string} text */
function escaped(text) {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

class RichText extends HTMLElement {
  /** @type {(part: Part) => unknown} how a part that is bound to something is drawn */
  draw = (part) => part.text;
  /** @type {Part[]} */
  #parts = [];

  /** @param {Part[]} parts */
  set parts(parts) {
    if (parts === this.#parts) return;
    this.#parts = parts;
    this.textContent = parts.map(({ text }) => text).join("");
    void this.#read(parts);
  }

  /** @param {Part[]} parts */
  async #read(parts) {
    const marked = parts.map((part, at) => (part.cell || part.field ? OPEN + at + CLOSE : part.text)).join("");
    try {
      const read = await reader();
      if (parts !== this.#parts) return;
      this.replaceChildren(read(marked));
      this.#bind();
      this.classList.add("read");
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // a TypeError: a library did not load
    }
  }

  /** Put the bound parts where their marks stand. */
  #bind() {
    const walker = document.createTreeWalker(this, NodeFilter.SHOW_TEXT);
    /** @type {Text[]} */
    const texts = [];
    while (walker.nextNode()) texts.push(/** @type {Text} */ (walker.currentNode));
    for (let text of texts) {
      for (let found = BOUND.exec(text.data); found; found = BOUND.exec(text.data)) {
        const mark = text.splitText(found.index);
        text = mark.splitText(found[0].length);
        const place = document.createElement("span");
        mark.replaceWith(place);
        render(this.draw(this.#parts[Number(found[1])]), place);
      }
    }
  }
}

customElements.define("rich-text", RichText);
