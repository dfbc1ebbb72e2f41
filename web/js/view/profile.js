/**
 * One table: what it is, its columns with what they hold, and its first rows.
 *
 * @import {App} from "../app.js"
 * @import {Cell, Column, Profile, Report} from "../types.js"
 */

import "../elements/data_grid.js";
import { writeDate } from "../elements/columns.js";
import { html, nothing, svg } from "../html.js";
import { icon } from "../icons.js";

/**
 * @param {App} app
 * @param {string} id
 */
export function profileView(app, id) {
  const profile = app.data.profiles.get(id);
  if (!profile) return html`<p class="quiet" aria-busy="true">${app.t("profile.loading")}</p>`;
  return html`
    <p class="about">${profile.description}</p>
    <p class="quiet">
      ${app.t("datasets.rows", { n: profile.rows })} · ${app.t("datasets.columns", { n: profile.columns.length })} · ${profile.source}
    </p>
    <p class="actions">
      <button
        class="button"
        @click=${() => {
          app.data.choose(id);
          app.showPanel(null);
          document.getElementById("question")?.focus();
        }}
      >
        ${app.t("profile.ask")}
      </button>
      ${profile.uploaded ? ownButtons(app, id) : nothing}
    </p>
    ${reportView(app, profile)}
    <h3>${app.t("profile.columns")}</h3>
    <ul class="columns">${profile.columns.map((column) => columnView(app, column, profile.rows))}</ul>
    <h3>${app.t("profile.sample")}</h3>
    ${sampleView(app, profile)}
  `;
}

/**
 * What can be done with a table of one's own.
 *
 * @param {App} app
 * @param {string} id
 */
function ownButtons(app, id) {
  const dataset = app.data.find(id);
  if (!dataset) return nothing;
  return html`
    <button class="ghost" @click=${() => app.showPanel({ kind: "describe", id, faults: new Map(), saving: false })}>
      ${icon("pencil")} ${app.t("describe")}
    </button>
    <button class="ghost" @click=${() => app.ask({ kind: "remove", dataset })}>${icon("trash")} ${app.t("delete")}</button>
  `;
}

/**
 * How an uploaded file was understood; of any, what was guessed or is not in the table.
 *
 * @param {App} app
 * @param {Profile} profile
 */
function reportView(app, profile) {
  const { report, uploaded, problems = [] } = profile;
  const sentences = [...(uploaded ? (report?.understood ?? []) : []), ...problems];
  if (!sentences.length && !report?.rows_lost) return nothing;
  return html`
    <section class="report">
      <h3>${app.t("report.title")}</h3>
      <ul>${sentences.map((sentence) => html`<li>${sentence}</li>`)}</ul>
      ${report?.rows_lost ? lostView(app, report) : nothing}
    </section>
  `;
}

/**
 * @param {App} app
 * @param {Report} report
 */
function lostView(app, report) {
  return html`
    <details>
      <summary>${icon("warn")} ${app.t("report.lost", { n: report.rows_lost })} ${icon("down")}</summary>
      <dl class="facts">
        ${report.rejected.map(
          ({ line, reason, text }) => html`<dt>${app.t("report.line", { line })}</dt><dd>${reason}<br /><code>${text}</code></dd>`,
        )}
      </dl>
    </details>
  `;
}

/**
 * @param {App} app
 * @param {Column} column
 * @param {number} rows
 */
function columnView(app, column, rows) {
  const { name, type, unit, description, nulls, distinct, mean } = column;
  const facts = [
    app.t("column.distinct", { n: distinct }),
    mean !== null && mean !== undefined ? app.t("column.mean", { n: Number(mean.toPrecision(4)) }) : "",
    nulls ? app.t("column.nulls", { n: nulls, share: percent(app, nulls / Math.max(rows, 1)) }) : app.t("column.no_nulls"),
  ];
  return html`
    <li class="column">
      <div class="column-head">
        <b>${name}</b><span class="type">${app.t(`type.${type}`)}${unit ? html` · ${unit}` : nothing}</span>
      </div>
      ${description ? html`<p>${description}</p>` : nothing} ${spreadView(app, column, rows)}
      <p class="quiet">${facts.filter(Boolean).join(" · ")}</p>
    </li>
  `;
}

/**
 * How the values spread: a histogram over the range, or the most frequent values.
 *
 * @param {App} app
 * @param {Column} column
 * @param {number} rows
 */
function spreadView(app, column, rows) {
  const { histogram, minimum, maximum, top_values: top } = column;
  const range = minimum !== null && maximum !== null;
  return html`
    ${histogram?.length ? histogramView(app, histogram) : nothing}
    ${range ? html`<p class="range"><span>${write(app, minimum)}</span><span>${write(app, maximum)}</span></p>` : nothing}
    ${range && histogram?.length ? nothing : topView(app, range ? [] : top.slice(0, 5), rows)}
  `;
}

/**
 * @param {App} app
 * @param {NonNullable<Column["histogram"]>} bins
 */
function histogramView(app, bins) {
  const most = Math.max(...bins.map((bin) => bin.rows), 1);
  const width = 100 / bins.length;
  return html`
    <svg class="histogram" viewBox="0 0 100 28" preserveAspectRatio="none" role="img" aria-label=${app.t("column.histogram")}>
      ${bins.map(({ low, high, rows }, at) => {
        const height = rows ? Math.max((rows / most) * 28, 0.8) : 0;
        const label = `${write(app, low)} – ${write(app, high)}: ${app.t("datasets.rows", { n: rows })}`;
        return svg`<rect x=${at * width} y=${28 - height} width=${width - 0.6} height=${height}><title>${label}</title></rect>`;
      })}
    </svg>
  `;
}

/**
 * @param {App} app
 * @param {[Cell, number][]} top
 * @param {number} rows
 */
function topView(app, top, rows) {
  if (!top.length) return nothing;
  const most = Math.max(...top.map(([, n]) => n), 1);
  return html`
    <ul class="top">
      ${top.map(
        ([value, n]) => html`
          <li>
            <span class="top-name">${write(app, value)}</span>
            <span class="top-bar"><span .style=${`width:${(n / most) * 100}%`}></span></span>
            <span class="top-share">${percent(app, n / Math.max(rows, 1))}</span>
          </li>
        `,
      )}
    </ul>
  `;
}

/**
 * @param {App} app
 * @param {Profile} profile
 */
function sampleView(app, profile) {
  const table = samples.get(profile) ?? {
    columns: profile.columns.map(({ name }) => name),
    rows: profile.sample,
    total_rows: profile.rows,
    truncated: true,
  };
  samples.set(profile, table);
  return html`<data-grid .app=${app} .table=${table}></data-grid>`;
}

/** The sample as a table, the same object each time, so that it is drawn once. */
const samples = new WeakMap();

/**
 * @param {App} app
 * @param {Cell} value
 */
function write(app, value) {
  if (typeof value === "number") return app.words.figure.format(value);
  if (typeof value === "string" && /^\d{4}-\d\d-\d\d($|[T ])/.test(value)) return writeDate(value, app.words);
  return String(value ?? "–");
}

/**
 * @param {App} app
 * @param {number} share
 */
function percent(app, share) {
  return new Intl.NumberFormat(app.words.locale, { style: "percent", maximumFractionDigits: share < 0.1 ? 1 : 0 }).format(share);
}
