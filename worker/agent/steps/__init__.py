"""The steps of the agent, one module each: run(ctx, done) and describe(ctx, result)."""
