/**
 * The shapes that travel between the server and the page (docs/api.md, docs/events.md), and those
 * that the page makes of them.
 *
 * @typedef {string | number | boolean | null} Cell
 *
 * @typedef {object} Message One event of a job's log, as stored.
 * @property {string} id `<epoch>-<seq>`
 * @property {number} seq
 * @property {string} type
 * @property {string} at ISO time of the store's clock
 * @property {number} attempt
 * @property {string} role `assistant`: what the agent says; `system`: what happens to the job
 * @property {string} content a sentence
 * @property {Record<string, any>} data
 *
 * @typedef {object} Table
 * @property {string[]} columns
 * @property {Cell[][]} rows
 * @property {number} total_rows
 * @property {boolean} truncated
 * @property {string[]} [types] of the columns
 * @property {(string | null)[]} [units] of the columns
 *
 * @typedef {object} Part A piece of the answer's text; with `cell` or `field` it is a bound number.
 * @property {string} text
 * @property {[number, number] | null} [cell] row and column of the table
 * @property {string | null} [field] a member of the coverage
 *
 * @typedef {object} Coverage What the answer stands on, computed and not written by a model.
 * @property {string} sentence
 * @property {number} [rows_in_table]
 * @property {number | null} [rows_used] null: nobody counted
 * @property {{reason: string, rows: number}[]} [dropped]
 * @property {Record<string, number>} [nulls]
 * @property {string[]} [filters]
 * @property {{column: string, from: string, to: string} | null} [time_window]
 * @property {boolean} [truncated]
 * @property {number} [rows_shown]
 * @property {number} [rows_total]
 * @property {number | null} [ties] how many rows share the extreme value
 * @property {string} [dataset_version]
 *
 * @typedef {object} Cost
 * @property {number} [elapsed_ms]
 * @property {number} [model_calls]
 * @property {number} [tokens_in]
 * @property {number} [tokens_out]
 * @property {number | null} [usd]
 *
 * @typedef {object} Result
 * @property {string} type
 * @property {string} [kind]
 * @property {string} answer
 * @property {Part[]} [parts]
 * @property {Table | null} [table]
 * @property {Record<string, any> | null} [chart] a Vega-Lite spec whose data is named "table"
 * @property {{plan: string, sql: string} | null} [query]
 * @property {any} [data_summary]
 * @property {string} [planner]
 * @property {string[]} [suggestions]
 * @property {{ question: string, plan: Record<string, any> }[]} [choices]
 * @property {string | null} [dataset]
 * @property {string | null} [resolved_question]
 * @property {Coverage | null} [coverage]
 * @property {Record<string, any> | null} [receipt]
 * @property {Cost | null} [cost]
 *
 * @typedef {object} DatasetBrief
 * @property {string} id
 * @property {string} title
 * @property {string} description
 * @property {number} rows
 * @property {number} columns
 * @property {string} version
 * @property {boolean} [uploaded] by this person; the others belong to all
 *
 * @typedef {object} Column
 * @property {string} name
 * @property {string} type
 * @property {string} description
 * @property {string | null} unit
 * @property {number} nulls
 * @property {number} distinct
 * @property {Cell} minimum
 * @property {Cell} maximum
 * @property {number | null} mean
 * @property {[Cell, number][]} top_values
 * @property {{low: Cell, high: Cell, rows: number}[]} [histogram]
 * @property {Record<string, Cell>} [quantiles] by the share of the rows below
 * @property {string[]} [synonyms]
 *
 * @typedef {object} Profile
 * @property {string} id
 * @property {string} title
 * @property {string} description
 * @property {string} source
 * @property {string} version
 * @property {number} rows
 * @property {Column[]} columns
 * @property {string[]} [synonyms]
 * @property {Cell[][]} sample
 * @property {string[]} questions
 * @property {string[]} [problems]
 * @property {boolean} [uploaded]
 * @property {Report | null} [report]
 *
 * @typedef {object} Report How an uploaded file was read.
 * @property {string} format
 * @property {number} bytes
 * @property {string[]} understood
 * @property {number} rows_lost
 * @property {{line: number, reason: string, text: string}[]} rejected
 *
 * @typedef {object} Problem Why a call was refused (RFC 9457); more members by its kind.
 * @property {string} [type] `urn:tailrace:<kind>`
 * @property {string} [detail] an English sentence
 * @property {{pointer: string, kind: string, detail: string, most: number | null}[]} [errors] by the
 *     places in the body
 *
 * @typedef {object} Description What somebody says of a table of their own.
 * @property {string} [title]
 * @property {string} [description]
 * @property {string[]} [synonyms]
 * @property {Record<string, {description?: string, unit?: string, synonyms?: string[]}>} [columns]
 *
 * @typedef {object} ConversationBrief
 * @property {string} id
 * @property {string} title
 * @property {string | null} dataset
 * @property {string} created_at
 * @property {string} updated_at
 * @property {number} turns
 *
 * @typedef {object} StoredTurn A turn as `GET /api/conversations/<id>` tells it.
 * @property {string} task_id
 * @property {string} question
 * @property {string | null} dataset
 * @property {string | null} replaces the task it is another version of
 * @property {string | null} follows the task before it on its branch
 * @property {string} created_at
 * @property {string} status
 * @property {string} state
 * @property {Message | null} final
 * @property {Feedback | null} feedback
 *
 * @typedef {object} Feedback
 * @property {"up" | "down" | null} rating
 * @property {string} [reason]
 */

/** @typedef {"intent" | "plan" | "query" | "insight"} StepName */

/**
 * @typedef {object} Step
 * @property {StepName} name
 * @property {number} beganMs the store's clock
 * @property {number | null} endedMs null while it runs
 * @property {number} beganHereMs this page's clock, for the time that ticks
 * @property {Record<string, any>} data what the step found
 */

/**
 * `sending`: not yet accepted. `waiting`: in the queue. `gone`: its log has expired unseen.
 *
 * @typedef {"sending" | "waiting" | "running" | "retrying" | "stopping" | "completed" | "failed" |
 *     "cancelled" | "rejected" | "gone"} Phase
 */

/**
 * @typedef {object} Turn One question and what has been heard of its job.
 * @property {string} key stable for the page; the task's id may come later
 * @property {string | null} taskId
 * @property {string} question
 * @property {string} dataset
 * @property {Turn | null} replaces the one this is another version of
 * @property {Turn | null} follows the one before it on its branch
 * @property {string} createdAt
 * @property {Phase} phase
 * @property {number} beganHereMs
 * @property {Step[]} steps
 * @property {string} text what has been streamed of the answer
 * @property {number} attempt
 * @property {Message[]} messages
 * @property {string} epoch
 * @property {Result | null} result
 * @property {Message | null} final
 * @property {string} problem a sentence, when it failed or was refused
 * @property {{place: number, expected_start_s: number | null, workers: number} | null} place
 * @property {{reason: string, said: string, atMs: number} | null} retry
 * @property {Feedback | null} feedback
 * @property {boolean} unfolded whether the work on it was asked to be shown
 * @property {string} sendNote the key of a sentence on a question that could not be sent yet
 * @property {number} sendAgainAtMs
 */

export {};
