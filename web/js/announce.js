/** The one polite region that tells people who listen what happened; never a stream of tokens. */

/** @param {string} sentence */
export function announce(sentence) {
  const said = document.getElementById("said");
  if (said) said.textContent = sentence;
}
