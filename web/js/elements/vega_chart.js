/**
 * <vega-chart>: a Vega-Lite spec over a result table. The libraries are loaded with the first
 * chart; they run without eval, as the security policy wants it.
 *
 * @import {App} from "../app.js"
 * @import {Table} from "../types.js"
 */

import { html, render } from "../html.js";
import { icon } from "../icons.js";
import { save, saveUrl } from "../save.js";
import { isDark } from "../settings.js";
import { columnOf } from "./columns.js";
import { markOf, marksOf, redrawn, untold } from "./chart_types.js";
import { look } from "./chart_look.js";
import { Tooltip } from "./tooltip.js";

/** At the sides of the plot. */
const PADDING_PX = 20;

/** @type {Promise<any> | null} */
let loading = null;

/** The libraries, once. */
function libraries() {
  loading ??= (async () => {
    await import("../../vendor/vega/vega.min.js");
    await import("../../vendor/vega-lite/vega-lite.min.js");
    const { expressionInterpreter } = await import("../../vendor/vega-interpreter/vega-interpreter.js");
    const { vega, vegaLite } = /** @type {any} */ (globalThis);
    return { vega, vegaLite, expressionInterpreter };
  })();
  loading.catch(() => (loading = null));
  return loading;
}

class VegaChart extends HTMLElement {
  /** @type {App | null} */
  app = null;
  /** @type {Table | null} */
  table = null;
  label = "";
  /** @type {any} */
  #spec = null;
  /** @type {any} */
  #view = null;
  /** @type {string} */
  #mark = "";
  #failed = false;
  #drawing = 0;
  #width = 0;
  #restyle = () => void this.#plot();
  #resized = new ResizeObserver(() => this.#resize());

  connectedCallback() {
    document.addEventListener("themechange", this.#restyle);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", this.#restyle);
    this.#show();
    this.#resized.observe(this);
    void this.#plot();
  }

  disconnectedCallback() {
    document.removeEventListener("themechange", this.#restyle);
    removeEventListener("online", this.#restyle);
    matchMedia("(prefers-color-scheme: dark)").removeEventListener("change", this.#restyle);
    this.#resized.disconnect();
    this.#view?.finalize();
    this.#view = null;
  }

  /** @param {Record<string, any>} spec */
  set spec(spec) {
    if (spec === this.#spec) {
      if (this.isConnected) this.#show();
      return;
    }
    this.#spec = spec;
    this.#mark = markOf(spec);
    if (this.isConnected) void this.#plot();
  }

  #resize() {
    const width = Math.round(this.clientWidth);
    if (Math.abs(width - this.#width) < 2) return;
    this.#width = width;
    if (this.#view) void this.#plot();
  }

  /** The spec as it is drawn now, with its data in it. */
  #whole() {
    const { columns, rows } = /** @type {Table} */ (this.table);
    const values = rows.map((row) => Object.fromEntries(columns.map((name, at) => [name, row[at]])));
    return { ...redrawn(this.#spec, this.#mark), data: { name: "table", values } };
  }

  /** How the values of the table are written. */
  #columns() {
    const { app, table } = this;
    return app && table ? table.columns.map((_, at) => columnOf(table, at, app.words)) : [];
  }

  async #plot() {
    const drawing = ++this.#drawing;
    try {
      const { vega, vegaLite, expressionInterpreter } = await libraries();
      const place = /** @type {HTMLElement | null} */ (this.querySelector(".plot"));
      if (drawing !== this.#drawing || !place || !this.#spec) return;
      const spec = { ...untold(this.#whole()), width: Math.max(place.clientWidth - PADDING_PX, 160), autosize: { type: "fit", contains: "padding" }, height: this.#height() };
      const compiled = vegaLite.compile(spec, { config: look(isDark()), logger: vega.logger(vega.Error) }).spec;
      const view = new vega.View(vega.parse(compiled, undefined, { ast: true }), {
        expr: expressionInterpreter,
        renderer: "canvas",
        hover: true,
        loader: noLoader(vega),
        logLevel: vega.Error,
      });
      view.tooltip(new Tooltip(this.#columns()).handle);
      this.#view?.finalize();
      this.#view = view;
      await view.initialize(place).runAsync();
      place.querySelector("canvas")?.setAttribute("aria-hidden", "true");
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      addEventListener("online", this.#restyle, { once: true });
      if (!(error instanceof TypeError)) throw error; // a TypeError: a library did not load
    }
    this.#show();
  }

  #height() {
    return this.clientWidth < 420 ? 220 : 280;
  }

  #show() {
    const { app } = this;
    if (!app) return;
    render(
      html`
        <figure aria-label=${app.t("chart.label", { title: this.label })}>
          <div class="plot" role="img" aria-label=${app.t("chart.label", { title: this.label })}></div>
          ${this.#failed ? html`<p class="quiet">${app.t("chart.failed")} <button class="ghost small" @click=${() => this.#plot()}>${icon("again")} ${app.t("again")}</button></p>` : ""}
          <figcaption>
            <span role="group" aria-label=${app.t("chart.type")}>
              ${marksOf(this.#spec ?? {}).map(
                ({ mark, shape }) => html`
                  <button
                    class="ghost small"
                    aria-pressed=${mark === this.#mark ? "true" : "false"}
                    aria-label=${app.t(`chart.${mark}`)}
                    title=${app.t(`chart.${mark}`)}
                    @click=${() => this.#redraw(mark)}
                  >
                    ${icon(shape)}
                  </button>
                `,
              )}
            </span>
            <span class="downloads">
              <button class="ghost small" @click=${() => this.#saveImage("png")}>${icon("save")} PNG</button>
              <button class="ghost small" @click=${() => this.#saveImage("svg")}>SVG</button>
              <button class="ghost small" title=${app.t("chart.spec")} @click=${() => this.#saveSpec()}>Vega-Lite</button>
            </span>
          </figcaption>
        </figure>
      `,
      this,
    );
  }

  /** @param {string} mark */
  #redraw(mark) {
    this.#mark = mark;
    this.#show();
    void this.#plot();
  }

  /** @param {"png" | "svg"} type */
  async #saveImage(type) {
    if (!this.#view) return;
    saveUrl(`chart.${type}`, await this.#view.toImageURL(type, 2));
  }

  #saveSpec() {
    save("chart.vl.json", JSON.stringify(this.#whole(), null, 2), "application/json");
  }
}

/** A chart shows its table and nothing else: it may load nothing. @param {any} vega */
function noLoader(vega) {
  const loader = vega.loader();
  loader.load = () => Promise.reject(new Error("a chart loads nothing"));
  return loader;
}

customElements.define("vega-chart", VegaChart);
