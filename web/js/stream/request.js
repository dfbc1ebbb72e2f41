// fetch waits as long as the network likes, which may be for ever: a proxy that froze, a phone that
// changed its cell. Here a request that brings nothing for a while has failed.

/**
 * Like fetch; and reading the answer's body, too, ends with an error when its next bytes don't come.
 *
 * @param {string} address
 * @param {RequestInit} options without a signal
 * @param {number} silenceMs the longest wait for the answer, and for each next piece of it
 * @returns {Promise<Response>}
 */
export async function request(address, options, silenceMs) {
  const abort = new AbortController();
  let timer = 0;
  const end = () => clearTimeout(timer);
  const expect = () => {
    end();
    timer = globalThis.setTimeout(() => abort.abort(), silenceMs);
  };
  expect();
  const response = await fetch(address, { ...options, signal: abort.signal }).finally(end);
  if (!response.body) return response;
  const watched = new TransformStream({
    start: expect,
    transform(piece, out) {
      expect();
      out.enqueue(piece);
    },
    flush: end,
  });
  return new Response(response.body.pipeThrough(watched), response);
}
