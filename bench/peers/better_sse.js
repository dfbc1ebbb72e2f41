// better-sse with ioredis the usual way: a channel per stream, one subscriber for the process.
import http from "node:http";
import { createChannel, createSession } from "better-sse";
import { Redis } from "ioredis";

const subscriber = new Redis(process.env.BENCH_REDIS_URL);
const channels = new Map();

subscriber.on("message", (name, message) => {
  channels.get(name)?.broadcast(JSON.parse(message), "message");
});

const server = http.createServer(async (request, response) => {
  const name = `ch:${request.url.split("/").pop()}`;
  const session = await createSession(request, response);
  if (!channels.has(name)) channels.set(name, createChannel());
  channels.get(name).register(session);
  await subscriber.subscribe(name);
});
server.listen(Number(process.env.BENCH_PORT), "127.0.0.1", 4096);
