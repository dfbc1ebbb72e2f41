/**
 * <event-log>: the events of a job; of ten thousand only those in sight are drawn.
 *
 * @import {App} from "../app.js"
 * @import {Message} from "../types.js"
 */

import { html, nothing, render } from "../html.js";

const ROW_PX = 30;
const OVERSCAN = 10;

class EventLog extends HTMLElement {
  /** @type {App | null} */
  app = null;
  /** @type {Message[]} */
  #messages = [];
  /** @type {Message | null} whose data is shown */
  #open = null;
  #frame = 0;

  connectedCallback() {
    this.addEventListener("scroll", () => this.#need(), { passive: true });
    this.#need();
  }

  /** @param {Message[]} messages */
  set messages(messages) {
    this.#messages = messages;
    this.#need();
  }

  /** Tells that there are more. @param {number} _length */
  set length(_length) {
    this.#need();
  }

  #need() {
    this.#frame ||= requestAnimationFrame(() => {
      this.#frame = 0;
      if (this.app && this.isConnected) render(this.#template(this.app), this);
    });
  }

  /** @param {App} app */
  #template(app) {
    const all = this.#messages;
    const first = Math.max(Math.floor(this.scrollTop / ROW_PX) - OVERSCAN, 0);
    const last = Math.min(first + Math.ceil((this.clientHeight || 600) / ROW_PX) + 2 * OVERSCAN, all.length);
    return html`
      <ol class="events" .style=${`padding-top:${first * ROW_PX}px;padding-bottom:${(all.length - last) * ROW_PX}px`}>
        ${all.slice(first, last).map((message) => this.#eventView(app, message))}
      </ol>
      ${this.#open ? html`<pre class="event-data" tabindex="0">${JSON.stringify(this.#open, null, 2)}</pre>` : nothing}
    `;
  }

  /**
   * @param {App} app
   * @param {Message} message
   */
  #eventView(app, message) {
    const open = this.#open === message;
    return html`
      <li>
        <button
          class="event ${message.role}"
          aria-expanded=${open ? "true" : "false"}
          @click=${() => {
            this.#open = open ? null : message;
            this.#need();
          }}
        >
          <span class="event-seq">${message.seq}</span>
          <time>${app.words.clock.format(new Date(message.at))}</time>
          <span class="event-type">${message.type}</span>
          <span>${message.content}</span>
        </button>
      </li>
    `;
  }
}

customElements.define("event-log", EventLog);
