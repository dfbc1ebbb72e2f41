/**
 * Conversations, and what belongs to the whole page.
 *
 * @import {App} from "../app.js"
 * @import {ConversationBrief} from "../types.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";
import { prefsView } from "./prefs.js";

/** @param {App} app */
export function sidebarView(app) {
  return html`
    <div class="side-top">
      <a class="brand" href="/"><span class="mark">${icon("wave")}</span>Tailrace</a>
      <button
        class="ghost only-narrow"
        aria-label=${app.t("sidebar.close")}
        @click=${() => app.showSidebar(false)}
      >
        ${icon("close")}
      </button>
    </div>
    <a class="button new" href="/">${icon("plus")} ${app.t("sidebar.new")}</a>
    <label class="search">
      ${icon("search")}
      <input
        type="search"
        placeholder=${app.t("sidebar.search")}
        aria-label=${app.t("sidebar.search")}
        .value=${app.history.query}
        @input=${(/** @type {InputEvent} */ event) => app.history.search(/** @type {HTMLInputElement} */ (event.target).value)}
      />
    </label>
    <section class="conversations" aria-label=${app.t("sidebar.list")}>${listView(app)}</section>
    <div class="side-end">${prefsView(app)}</div>
  `;
}

/** @param {App} app */
function listView(app) {
  if (!app.history.loaded) return nothing;
  if (!app.history.conversations.length) {
    return html`<p class="quiet">${app.t(app.history.query ? "sidebar.none_found" : "sidebar.empty")}</p>`;
  }
  /** @type {Map<string, ConversationBrief[]>} */
  const days = new Map();
  for (const conversation of app.history.conversations) {
    const day = app.words.day(conversation.updated_at);
    days.set(day, [...(days.get(day) ?? []), conversation]);
  }
  const lists = [...days].map(
    ([day, conversations]) => html`
      <h2 class="day">${day}</h2>
      <ul>
        ${conversations.map((conversation) => itemView(app, conversation))}
      </ul>
    `,
  );
  if (!app.history.next) return lists;
  return html`${lists}<button class="ghost small" @click=${() => app.history.more()}>${app.t("sidebar.more")}</button>`;
}

/**
 * @param {App} app
 * @param {ConversationBrief} conversation
 */
function itemView(app, conversation) {
  const { id, title } = conversation;
  const here = id === app.chat.id;
  if (app.history.renaming === id) return renameView(app, conversation);
  return html`
    <li class="conversation ${here ? "here" : ""}">
      <a href="/c/${id}" aria-current=${here ? "page" : nothing} title=${title}>${title}</a>
      <span class="tools">
        <button
          class="ghost small"
          aria-label=${app.t("sidebar.rename", { title })}
          title=${app.t("rename")}
          @click=${() => app.history.startRename(id)}
        >
          ${icon("pencil")}
        </button>
        <button
          class="ghost small"
          aria-label=${app.t("sidebar.delete", { title })}
          title=${app.t("delete")}
          @click=${() => app.ask({ kind: "forget", conversation })}
        >
          ${icon("trash")}
        </button>
      </span>
    </li>
  `;
}

/**
 * @param {App} app
 * @param {ConversationBrief} conversation
 */
function renameView(app, { id, title }) {
  /** @param {Event} event */
  const keep = (event) => {
    event.preventDefault();
    const form = /** @type {HTMLFormElement} */ (event.currentTarget);
    void app.history.rename(id, String(new FormData(form).get("title")).trim());
  };
  return html`
    <li class="conversation here">
      <form @submit=${keep}>
        <input
          class="rename"
          name="title"
          autocomplete="off"
          maxlength="200"
          aria-label=${app.t("sidebar.title")}
          .value=${title}
          @blur=${(/** @type {FocusEvent} */ event) => /** @type {HTMLInputElement} */ (event.target).form?.requestSubmit()}
          @keydown=${(/** @type {KeyboardEvent} */ event) => {
            if (event.key === "Escape") app.history.startRename(null);
          }}
        />
      </form>
    </li>
  `;
}
