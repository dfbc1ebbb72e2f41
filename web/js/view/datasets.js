/**
 * The tables there are, and the way to bring one's own.
 *
 * @import {App} from "../app.js"
 * @import {Upload} from "../uploads.js"
 */

import { html, nothing } from "../html.js";
import { icon } from "../icons.js";
import { percent } from "./step.js";

const ACCEPTED = ".csv,.tsv,.json,.jsonl,.ndjson,.parquet,.xlsx";

/** @param {App} app */
export function datasetsView(app) {
  return html`
    <label class="dropzone">
      ${icon("upload")}
      <span><b>${app.t("upload.choose")}</b> ${app.t("upload.or_drop")}</span>
      <input
        type="file"
        class="for-ears"
        multiple
        accept=${ACCEPTED}
        @change=${(/** @type {Event} */ event) => {
          const input = /** @type {HTMLInputElement} */ (event.target);
          void app.take([...(input.files ?? [])]);
          input.value = "";
        }}
      />
    </label>
    ${app.uploads?.all.map((upload) => uploadView(app, upload))}
    <ul class="tables">
      ${app.data.datasets.map(
        (dataset) => html`
          <li>
            <button class="card" @click=${() => app.showPanel({ kind: "dataset", id: dataset.id })}>
              <span class="card-title">${icon("table")} ${dataset.title}</span>
              <span class="card-text">${dataset.description}</span>
              <span class="card-facts">
                ${app.t("datasets.rows", { n: dataset.rows })} · ${app.t("datasets.columns", { n: dataset.columns })}
                ${dataset.uploaded ? html`· ${app.t("datasets.yours")}` : nothing}
              </span>
            </button>
          </li>
        `,
      )}
    </ul>
  `;
}

/**
 * @param {App} app
 * @param {Upload} upload
 */
function uploadView(app, upload) {
  const { name, phase, share, said } = upload;
  const over = phase === "done" || phase === "failed";
  return html`
    <div class="upload ${phase}">
      <div class="upload-head">
        <b>${name}</b>
        <span>${phase === "sending" ? nothing : app.t(`upload.${phase}`)} ${over || share === null ? nothing : percent(app, share)}</span>
        ${over
          ? html`<button class="ghost small" aria-label=${app.t("close")} @click=${() => app.uploads?.dismiss(upload)}>${icon("close")}</button>`
          : nothing}
      </div>
      ${over ? nothing : html`<progress aria-label=${name} .value=${share ?? 1} ?data-busy=${share === null}></progress>`}
      ${said ? html`<p>${said}</p>` : nothing}
    </div>
  `;
}
