/** What this browser remembers between visits; nothing of it is needed. */

const PREFIX = "tailrace.";

/**
 * @param {string} name
 * @returns {string | null}
 */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {string | null} value
 */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    // A browser that keeps nothing still works.
  }
}

/** Light, dark, or as the system has it. @typedef {"light" | "dark" | "system"} Theme */

/** @returns {Theme} */
export function theme() {
  return /** @type {Theme | null} */ (recall("theme")) ?? "system";
}

/** @param {Theme} wanted */
export function setTheme(wanted) {
  remember("theme", wanted === "system" ? null : wanted);
  if (wanted === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = wanted;
  document.dispatchEvent(new CustomEvent("themechange"));
}

/** @returns {boolean} */
export function isDark() {
  const wanted = theme();
  if (wanted !== "system") return wanted === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
