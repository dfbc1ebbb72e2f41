/**
 * When what is drawn: at most once a frame, and of the conversation only the turns that changed,
 * so that an answer of ten thousand pieces costs one paragraph a frame.
 *
 * @import {App, Panel} from "../app.js"
 * @import {Turn} from "../types.js"
 */

import { nothing, render } from "../html.js";
import { dressed, later } from "../later.js";
import { footView } from "./composer.js";
import { headView } from "./head.js";
import { introView } from "./intro.js";
import { sidebarView } from "./sidebar.js";
import { answers, turnView } from "./turn.js";

/** How long a smooth scroll may take; following the text before it has ended would end it. */
const SCROLL_MS = 800;

const dialogs = later(() => dressed(import("./dialogs.js"), "answer", "panels"));
const panels = later(() => dressed(import("./panel.js"), "answer", "panels"));

export class Drawing {
  /** @param {App} app */
  constructor(app) {
    this.app = app;
    /** @type {Set<Turn>} */
    this.dirty = new Set();
    this.frame = 0;
    this.around = true;
    this.places = Object.fromEntries(
      ["sidebar", "head", "intro", "turns", "foot", "panel", "dialogs", "scroll"].map((id) => [
        id,
        /** @type {HTMLElement} */ (document.getElementById(id)),
      ]),
    );
    /** @type {WeakMap<Turn, HTMLElement>} */
    this.articles = new WeakMap();
    /** @type {HTMLElement | null} what had the focus before the panel opened */
    this.beforePanel = null;
    /** @type {Panel | null} the panel that was drawn last */
    this.panel = null;
    /** From when on the text that grows is kept in sight; never, once the reader has gone elsewhere. */
    this.followFromMs = Infinity;
    /** Whether the sidebar was open when it was drawn last. */
    this.sidebarOpen = false;
    /** @type {"asked" | "opened" | ""} what is to be brought in sight with the next frame */
    this.goTo = "";
    app.addEventListener("change", (event) => {
      this.need(/** @type {CustomEvent<Turn | null>} */ (event).detail);
    });
    app.addEventListener("asked", () => {
      this.goTo = "asked";
      answers(() => this.need(null)); // there before the answer is
    });
    app.addEventListener("opened", () => (this.goTo = "opened"));
    for (const event of ["wheel", "touchmove", "keydown", "pointerdown"]) {
      this.places.scroll.addEventListener(event, () => (this.followFromMs = Infinity), { passive: true });
    }
    document.getElementById("main")?.addEventListener("click", (event) => this.leaveSidebar(event), { capture: true });
    setInterval(() => this.tick(), 100);
    this.need(null);
  }

  /** @param {Turn | null} turn null for what is around the turns */
  need(turn) {
    if (turn) this.dirty.add(turn);
    else this.around = true;
    this.frame ||= requestAnimationFrame(() => this.draw());
  }

  /** Times that run are the only thing that changes by itself. */
  tick() {
    if (document.hidden) return;
    for (const clock of document.querySelectorAll("time[data-since]")) {
      const since = Number(/** @type {HTMLElement} */ (clock).dataset.since);
      clock.textContent = this.app.words.duration(Date.now() - since);
    }
    for (const clock of document.querySelectorAll("time[data-until]")) {
      const until = Number(/** @type {HTMLElement} */ (clock).dataset.until);
      clock.textContent = this.app.words.duration(Math.ceil(Math.max(until - Date.now(), 0) / 1000) * 1000);
    }
  }

  draw() {
    this.frame = 0;
    const { app, places } = this;
    if (this.around) {
      this.around = false;
      render(headView(app), places.head);
      render(introView(app), places.intro);
      render(footView(app), places.foot);
      this.drawSidebar();
      this.drawPanel();
      this.drawDialog();
      this.order();
    }
    for (const turn of this.dirty) this.drawTurn(turn);
    if (app.panel?.kind === "log" && this.dirty.has(app.panel.turn)) this.drawPanel();
    this.dirty.clear();
    this.scroll();
  }

  /** On a narrow page the sidebar comes over the conversation: focus goes into it, and back. */
  drawSidebar() {
    const { app, places } = this;
    render(sidebarView(app), places.sidebar);
    document.documentElement.dataset.sidebar = app.sidebarOpen ? "open" : "";
    if (app.sidebarOpen === this.sidebarOpen) return;
    this.sidebarOpen = app.sidebarOpen;
    const place = app.sidebarOpen ? places.sidebar : places.head;
    /** @type {HTMLElement | null} */ (place.querySelector(".only-narrow"))?.focus();
  }

  /** A click beside the sidebar closes it, and does nothing else. @param {Event} event */
  leaveSidebar(event) {
    const over = getComputedStyle(this.places.sidebar).position === "fixed";
    if (!this.app.sidebarOpen || !over) return;
    event.stopPropagation();
    event.preventDefault();
    this.app.showSidebar(false);
  }

  /** Focus goes into a panel that opens or changes, and back to where it was when it closes. */
  drawPanel() {
    const { app, places } = this;
    const view = app.panel && panels(() => this.need(null))?.panelView(app);
    const before = document.activeElement;
    render(view ?? nothing, places.panel);
    places.panel.hidden = !view;
    if (view && this.panel !== app.panel) {
      this.panel = app.panel;
      this.beforePanel ??= /** @type {HTMLElement} */ (before ?? document.body);
      places.panel.scrollTop = 0;
      /** @type {HTMLElement | null} */ (places.panel.querySelector("h2"))?.focus();
    } else if (!view && this.beforePanel) {
      if (this.beforePanel.isConnected) this.beforePanel.focus();
      this.beforePanel = this.panel = null;
    }
  }

  drawDialog() {
    const { app, places } = this;
    if (!app.dialog && !app.toasted && !places.dialogs.firstElementChild) return;
    const module = dialogs(() => this.need(null));
    if (!module) return;
    render(module.dialogView(app), places.dialogs);
    module.settleDialog(app);
  }

  /** A new question goes to the top, where its answer has room below; then nothing moves by itself. */
  scroll() {
    const { turns } = this.places;
    const last = /** @type {HTMLElement | null} */ (turns.lastElementChild);
    if (this.goTo && last) {
      turns.classList.toggle("fresh", this.goTo === "asked");
      const smooth = this.goTo === "asked" && !matchMedia("(prefers-reduced-motion: reduce)").matches;
      this.followFromMs = this.goTo === "asked" ? performance.now() + (smooth ? SCROLL_MS : 0) : Infinity;
      last.scrollIntoView({ block: "start", behavior: smooth ? "smooth" : "instant" });
      this.goTo = "";
    } else if (performance.now() > this.followFromMs) {
      turns.querySelector(".caret")?.scrollIntoView({ block: "nearest" });
    }
  }

  /** Put the articles of the shown turns in their order; a kept article keeps focus and scroll. */
  order() {
    const wanted = this.app.chat.shown().map((turn) => this.article(turn));
    for (const old of [...this.places.turns.children]) {
      if (!wanted.includes(/** @type {HTMLElement} */ (old))) old.remove();
    }
    wanted.forEach((article, at) => {
      const there = this.places.turns.children[at];
      if (there !== article) this.places.turns.insertBefore(article, there ?? null);
    });
    for (const turn of this.app.chat.shown()) this.dirty.add(turn);
  }

  /** @param {Turn} turn */
  article(turn) {
    let article = this.articles.get(turn);
    if (!article) {
      article = document.createElement("article");
      article.className = "turn";
      this.articles.set(turn, article);
    }
    return article;
  }

  /** @param {Turn} turn */
  drawTurn(turn) {
    const article = this.articles.get(turn);
    if (!article?.isConnected) return;
    article.dataset.phase = turn.phase;
    if (turn.taskId) article.dataset.task = turn.taskId;
    render(turnView(this.app, turn) ?? nothing, article);
  }
}

