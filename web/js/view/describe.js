/**
 * The form in which people say what a table of their own is about: its title, what it and its
 * columns mean, units, other words for them. A field is named by its place in what is sent, so
 * that what the server finds wrong is said beside the field.
 *
 * @import {App, Panel} from "../app.js"
 * @import {Column, Description, Problem, Profile} from "../types.js"
 */

import { html, nothing } from "../html.js";

/** @typedef {Extract<Panel, {kind: "describe"}>} Form */

const WHOLE = "";

/**
 * @param {App} app
 * @param {Form} form
 */
export function describeView(app, form) {
  const profile = app.data.profiles.get(form.id);
  if (!profile) return html`<p class="quiet" aria-busy="true">${app.t("profile.loading")}</p>`;
  const wrong = form.faults.get(WHOLE);
  return html`
    <form class="describe" novalidate @submit=${(/** @type {Event} */ event) => save(app, form, profile, event)}>
      <p class="about">${app.t("describe.why")}</p>
      ${fieldView(app, form, { place: "/title", label: "describe.title", value: profile.title, most: 200 })}
      ${fieldView(app, form, { place: "/description", label: "describe.table", value: profile.description, most: 2000, rows: 2 })}
      ${fieldView(app, form, { place: "/synonyms", label: "describe.synonyms", value: (profile.synonyms ?? []).join(", ") })}
      ${profile.columns.map((column) => columnView(app, form, column))}
      <p class="edit-row">
        ${wrong ? html`<span class="fault" role="alert">${wrong}</span>` : nothing}
        <button type="button" class="ghost" @click=${() => app.showPanel({ kind: "dataset", id: form.id })}>${app.t("cancel")}</button>
        <button class="button" ?disabled=${form.saving}>${app.t(form.saving ? "saving" : "save")}</button>
      </p>
    </form>
  `;
}

/**
 * @param {App} app
 * @param {Form} form
 * @param {Column} column
 */
function columnView(app, form, { name, type, description, unit, synonyms = [] }) {
  const place = placeOf(name);
  return html`
    <fieldset>
      <legend>${name} <span class="type">${app.t(`type.${type}`)}</span></legend>
      ${fieldView(app, form, { place: `${place}/description`, label: "describe.column", value: description, most: 2000 })}
      <div class="two">
        ${fieldView(app, form, { place: `${place}/unit`, label: "describe.unit", value: unit ?? "", most: 50 })}
        ${fieldView(app, form, { place: `${place}/synonyms`, label: "describe.synonyms", value: synonyms.join(", ") })}
      </div>
    </fieldset>
  `;
}

/**
 * @param {App} app
 * @param {Form} form
 * @param {{place: string, label: string, value: string, most?: number, rows?: number}} field
 */
function fieldView(app, form, { place, label, value, most = 5000, rows }) {
  const fault = form.faults.get(place);
  const id = `field${place}`;
  const told = fault ? `${id}/fault` : nothing;
  const invalid = fault ? "true" : "false";
  return html`
    <div class="field">
      <label for=${id}>${app.t(label)}</label>
      ${rows
        ? html`<textarea id=${id} name=${place} rows=${rows} maxlength=${most} .value=${value} aria-invalid=${invalid} aria-describedby=${told}></textarea>`
        : html`<input id=${id} name=${place} maxlength=${most} autocomplete="off" .value=${value} aria-invalid=${invalid} aria-describedby=${told} />`}
      ${fault ? html`<p class="fault" id=${told}>${fault}</p>` : nothing}
    </div>
  `;
}

/** Where a column stands in what is sent, as the server names places (RFC 6901). @param {string} name */
function placeOf(name) {
  return `/columns/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/**
 * Send what was changed; what is wrong with it is said at its field, which gets the focus.
 *
 * @param {App} app
 * @param {Form} form
 * @param {Profile} profile
 * @param {Event} event
 */
async function save(app, form, profile, event) {
  event.preventDefault();
  const node = /** @type {HTMLFormElement} */ (event.currentTarget);
  form.saving = true;
  form.faults.clear();
  app.changed();
  try {
    await app.data.describe(form.id, changes(profile, new FormData(node)));
    app.toast(app.t("saved"));
    if (app.panel === form) app.showPanel({ kind: "dataset", id: form.id });
  } catch (error) {
    const sorry = app.sorry(error);
    const { problem } = /** @type {{problem: Problem}} */ (error);
    for (const fault of problem.errors ?? []) form.faults.set(fieldOf(node, fault.pointer), faultText(app, fault));
    if (!form.faults.size) form.faults.set(WHOLE, sorry);
  }
  form.saving = false;
  app.changed();
  requestAnimationFrame(() => /** @type {HTMLElement | null} */ (node.querySelector("[aria-invalid=true]"))?.focus());
}

/**
 * What differs from what the table says already.
 *
 * @param {Profile} profile
 * @param {FormData} data
 * @returns {Description}
 */
function changes(profile, data) {
  const text = (/** @type {string} */ place) => String(data.get(place) ?? "").trim();
  const words = (/** @type {string} */ place) => text(place).split(",").map((word) => word.trim()).filter(Boolean);
  /** @type {NonNullable<Description["columns"]>} */
  const columns = {};
  for (const { name, description, unit, synonyms = [] } of profile.columns) {
    const place = placeOf(name);
    const said = {
      ...(text(`${place}/description`) !== description && { description: text(`${place}/description`) }),
      ...(text(`${place}/unit`) !== (unit ?? "") && { unit: text(`${place}/unit`) }),
      ...(words(`${place}/synonyms`).join() !== synonyms.join() && { synonyms: words(`${place}/synonyms`) }),
    };
    if (Object.keys(said).length) columns[name] = said;
  }
  return { title: text("/title"), description: text("/description"), synonyms: words("/synonyms"), columns };
}

/**
 * The field that a place in the body belongs to: of a list's element, the list's.
 *
 * @param {HTMLFormElement} node
 * @param {string} pointer
 */
function fieldOf(node, pointer) {
  const fields = /** @type {HTMLInputElement[]} */ ([...node.elements].filter((field) => "name" in field && field.name));
  return fields.find(({ name }) => pointer === name || pointer.startsWith(`${name}/`))?.name ?? WHOLE;
}

/**
 * @param {App} app
 * @param {NonNullable<Problem["errors"]>[number]} fault
 */
function faultText(app, { kind, detail, most }) {
  const key = `fault.${kind}`;
  return app.words.has(key) ? app.t(key, { n: most ?? 0 }) : detail;
}
