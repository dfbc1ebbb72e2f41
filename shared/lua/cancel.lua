-- Cancel a job.
-- ARGV: id, body of the `cancelled` event, by whom ('user' or 'operator')
-- Returns: the state now, or false if there is no such job
return cancel(ARGV[1], ARGV[2], ARGV[3])
