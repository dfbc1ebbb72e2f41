// npm's EventSource, as it comes: node eventsource.mjs URL COOKIE
// Prints the data of each message. It comes back by itself; a 204 tells it that nothing can follow.
import { EventSource } from "../web/vendor/eventsource/EventSource.mjs";

const [, , url, cookie] = process.argv;
const source = new EventSource(url, {
  fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, Cookie: cookie } }),
});
// Its own timer does not keep node from ending.
const alive = setInterval(() => {}, 60_000);
source.addEventListener("message", (event) => process.stdout.write(`${event.data}\n`));
source.addEventListener("error", (event) => {
  if (source.readyState !== EventSource.CLOSED) return;
  clearInterval(alive);
  if (event.code !== 204) throw new Error(event.message);
});
