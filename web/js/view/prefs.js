/**
 * Theme and language.
 *
 * @import {App} from "../app.js"
 * @import {Theme} from "../settings.js"
 */

import { html } from "../html.js";
import { LANGUAGES } from "../i18n.js";
import { icon } from "../icons.js";
import { setTheme, theme } from "../settings.js";

const THEMES = /** @type {const} */ ({ system: "half", light: "sun", dark: "moon" });

/** @param {App} app */
export function prefsView(app) {
  const now = theme();
  return html`
    <div role="group" aria-label=${app.t("prefs.theme")}>
      ${Object.entries(THEMES).map(
        ([name, shape]) => html`
          <button
            class="ghost small"
            title=${app.t(`prefs.${name}`)}
            aria-label=${app.t(`prefs.${name}`)}
            aria-pressed=${name === now ? "true" : "false"}
            @click=${() => {
              setTheme(/** @type {Theme} */ (name));
              app.changed();
            }}
          >
            ${icon(shape)}
          </button>
        `,
      )}
    </div>
    <label class="language">
      ${icon("globe")}
      <select
        aria-label=${app.t("prefs.language")}
        @change=${(/** @type {Event} */ event) => app.speak(/** @type {HTMLSelectElement} */ (event.target).value)}
      >
        ${Object.entries(LANGUAGES).map(
          ([tag, name]) =>
            html`<option value=${tag} lang=${tag} ?selected=${tag === app.words.language}>${name}</option>`,
        )}
      </select>
    </label>
  `;
}
