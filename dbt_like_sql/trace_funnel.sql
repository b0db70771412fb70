-- How far files came on the way to a trace: a row is one language and one step of the way.
--
-- language
-- step               number of the step, from 0
-- reached            its name: file, runnable, instrumented, compiled, ran, two paths, deterministic, behaved, kept
-- files              files that came at least as far
-- share              files / all files of the language
-- share_of_previous  files / files that came to the step before; null for the first, and where none did
WITH

steps(step, reached) AS (
    VALUES
        (0, 'file'), (1, 'runnable'), (2, 'instrumented'), (3, 'compiled'), (4, 'ran'),
        (5, 'two paths'), (6, 'deterministic'), (7, 'behaved'), (8, 'kept')
),

came AS (
    SELECT trace_outcomes.language, coalesce(steps.step, 0) AS step
    FROM trace_outcomes
    LEFT JOIN steps USING (reached)
),

counts AS (
    SELECT came.language, steps.step, steps.reached, count(*) FILTER (WHERE came.step >= steps.step) AS files, count(*) AS every
    FROM came
    CROSS JOIN steps
    GROUP BY came.language, steps.step, steps.reached
)

SELECT
    language,
    CAST(step AS BIGINT) AS step,
    reached,
    files,
    files / every AS share,
    files / nullif(lag(files) OVER (PARTITION BY language ORDER BY step), 0) AS share_of_previous
FROM counts
ORDER BY language, step
