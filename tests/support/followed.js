// Run in the page under test: follows jobs with the client library and keeps what it was told.
async (options) => {
  const { Stream } = await import("/static/js/stream.js");
  const told = { conditions: [], news: [], jobs: {} };
  const stream = new Stream({
    onCondition: ({ state, reason }) =>
      told.conditions.push(reason ? `${state} (${reason})` : state),
    patience: options.patience,
  });
  if (options.news) stream.watch((taskId, message) => told.news.push([taskId, message.id]));
  globalThis.told = told;
  globalThis.stream = stream;
  globalThis.follow = (taskId) => {
    const job = { messages: [], restarts: 0, gone: 0, ended: false };
    told.jobs[taskId] = job;
    return stream.follow(taskId, {
      onMessages: (messages) => {
        job.messages.push(...messages);
        job.ended = ["completed", "failed", "cancelled"].includes(messages.at(-1).type);
      },
      onRestart: () => {
        job.restarts += 1;
        job.messages = [];
      },
      onGone: () => {
        job.gone += 1;
      },
    });
  };
};
