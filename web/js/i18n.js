/**
 * Words and figures in the reader's language. A catalogue is one JSON file; a text may hold
 * `{name}` for a value, and may be an object of plural forms chosen by its value `n`.
 */

import { PATIENCE } from "./stream/patience.js";
import { request } from "./stream/request.js";

const AGAIN_MS = 1000;

export const LANGUAGES = /** @type {const} */ ({ en: "English", de: "Deutsch", es: "Español" });

/** @typedef {keyof typeof LANGUAGES} Language */
/** @typedef {string | Record<string, string>} Text */

export class Words {
  /**
   * @param {Language} language
   * @param {Record<string, Text>} texts
   */
  constructor(language, texts) {
    this.language = language;
    this.texts = texts;
    const region = (navigator.languages ?? []).find((tag) => tag.startsWith(language));
    /** The reader's own region where they read their own language: en-GB writes dates unlike en-US. */
    this.locale = region ?? language;
    this.plurals = new Intl.PluralRules(this.locale);
    this.whole = new Intl.NumberFormat(this.locale, { maximumFractionDigits: 0 });
    this.figure = new Intl.NumberFormat(this.locale, { maximumFractionDigits: 4 });
    this.dates = new Intl.DateTimeFormat(this.locale, { dateStyle: "medium" });
    this.times = new Intl.DateTimeFormat(this.locale, { dateStyle: "medium", timeStyle: "short" });
    this.either = new Intl.ListFormat(this.locale, { type: "disjunction" });
    this.clock = new Intl.DateTimeFormat(this.locale, { timeStyle: "medium" });
  }

  /** @param {string} key */
  has(key) {
    return key in this.texts;
  }

  /**
   * @param {string} key
   * @param {Record<string, string | number | string[]>} [values] numbers and lists are written by locale
   * @returns {string}
   */
  t(key, values = {}) {
    let text = this.texts[key];
    if (text === undefined) return key;
    if (typeof text !== "string") text = text[this.plurals.select(Number(values.n))] ?? text.other;
    return text.replace(/\{(\w+)\}/g, (_, name) => {
      const value = values[name];
      if (Array.isArray(value)) return this.either.format(value);
      return typeof value === "number" ? this.figure.format(value) : String(value ?? "");
    });
  }

  /** @param {number} ms */
  duration(ms) {
    const seconds = Math.max(ms, 0) / 1000;
    if (seconds < 60) {
      const digits = seconds < 10 ? 1 : 0;
      const format = new Intl.NumberFormat(this.locale, {
        style: "unit",
        unit: "second",
        unitDisplay: "narrow",
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      });
      return format.format(seconds);
    }
    const minutes = Math.floor(seconds / 60);
    return `${minutes} min ${Math.floor(seconds % 60)} s`;
  }

  /** A calendar day relative to today: "today", "yesterday", or the month. @param {string} iso */
  day(iso) {
    const then = new Date(iso);
    const days = Math.round((startOfDay(new Date()) - startOfDay(then)) / 86_400_000);
    if (days <= 1) return this.capital(new Intl.RelativeTimeFormat(this.locale, { numeric: "auto" }).format(-days, "day"));
    if (days < 7) return this.t("sidebar.week");
    return this.capital(new Intl.DateTimeFormat(this.locale, { month: "long", year: "numeric" }).format(then));
  }

  /** @param {string} text */
  capital(text) {
    return text.charAt(0).toLocaleUpperCase(this.locale) + text.slice(1);
  }
}

/** @param {Date} date */
function startOfDay(date) {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/**
 * The language that was chosen, else the first of the browser's that there is, else English.
 *
 * @param {string | null} chosen
 * @returns {Language}
 */
export function pickLanguage(chosen) {
  const wanted = [chosen, ...(navigator.languages ?? [])].map((tag) => (tag ?? "").slice(0, 2));
  return /** @type {Language} */ (wanted.find((tag) => tag in LANGUAGES) ?? "en");
}

/**
 * The words of a language; asked for until they come, since nothing can be said without.
 *
 * @param {Language} language
 * @returns {Promise<Words>}
 */
export async function loadWords(language) {
  for (;;) {
    try {
      const response = await request(`/static/i18n/${language}.json`, {}, PATIENCE.request);
      if (response.ok) return new Words(language, await response.json());
    } catch {
      // The network is away, or was lost in between.
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}
