/** Modules that are not part of the first load. */

const AGAIN_MS = 2000;

/**
 * A module that is fetched when it is first asked for.
 *
 * @template M
 * @param {() => Promise<M>} load
 * @returns {(then: () => void) => M | null} the module; null while it is on its way, and `then` is
 *   called when it has come
 */
export function later(load) {
  /** @type {M | null} */
  let module = null;
  let coming = false;
  /** @param {() => void} then */
  const fetch = async (then) => {
    coming = true;
    try {
      module = await load();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
    coming = false;
    then();
  };
  return (then) => {
    if (!module && !coming) void fetch(then);
    return module;
  };
}

/** @type {Map<string, Promise<unknown>>} */
const sheets = new Map();

/**
 * A module together with its style sheets, which are not part of the first load, either.
 *
 * @template M
 * @param {Promise<M>} loading
 * @param {string[]} names of the sheets
 */
export async function dressed(loading, ...names) {
  const [module] = await Promise.all([loading, ...names.map(styles)]);
  return module;
}

/** Load a style sheet; resolves when it counts. @param {string} name */
function styles(name) {
  const known = sheets.get(name);
  if (known) return known;
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: `/static/css/${name}.css` });
  const loaded = new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = () => {
      sheets.delete(name);
      link.remove();
      reject(new TypeError(`${link.href} did not load`));
    };
  });
  sheets.set(name, loaded);
  document.head.append(link);
  return loaded;
}
