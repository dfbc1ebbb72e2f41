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
