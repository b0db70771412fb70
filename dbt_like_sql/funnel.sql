-- Where files go: a row is one language, one step of curation, one outcome there and one reason.
--
-- language  of the file; 'unknown' where it never became one
-- step      place of the step in the order of the steps, from 0
-- stage     name of the step's table: rejected_inputs, source_files, each stage of curation, near_duplicates, edits (two stages
--           collide), curated_files
-- outcome   read, rejected, kept; and, where something is broken, lost (neither kept nor rejected) or contradicted (both)
-- reason    why; a file counts under each of its reasons. The rows of curated_files count every file once: there the reason
--           is empty, or says what a kept file is kept for
-- files     files, or inputs that never became one
-- alone     of these, rejected for nothing else: what this reason alone costs
WITH

rejections AS (
    SELECT DISTINCT blob_id, stage, reason
    FROM rejected_files
),

reasons_of_a_file AS (
    SELECT blob_id, count(*) AS reasons
    FROM rejections
    GROUP BY blob_id
),

fates AS (
    SELECT
        coalesce(source_files.language, curated_files.language) AS language,
        CASE
            WHEN curated_files.blob_id IS NULL AND reasons_of_a_file.blob_id IS NULL THEN 'lost'
            WHEN curated_files.blob_id IS NULL THEN 'rejected'
            WHEN reasons_of_a_file.blob_id IS NULL AND source_files.blob_id IS NOT NULL THEN 'kept'
            ELSE 'contradicted'
        END AS outcome,
        CASE
            WHEN curated_files.blob_id IS NULL THEN ''
            WHEN curated_files.held_out THEN 'held out for the benchmarks'
            ELSE 'for training'
        END AS reason
    FROM source_files
    FULL JOIN curated_files USING (blob_id)
    LEFT JOIN reasons_of_a_file ON reasons_of_a_file.blob_id = coalesce(source_files.blob_id, curated_files.blob_id)
),

counted AS (
    SELECT 'unknown' AS language, 'rejected_inputs' AS stage, 'rejected' AS outcome, reason, count(*) AS files, count(*) AS alone
    FROM rejected_inputs
    GROUP BY reason
    UNION ALL
    SELECT language, 'source_files', 'read', '', count(*), 0
    FROM source_files
    GROUP BY language
    UNION ALL
    SELECT
        coalesce(source_files.language, 'unknown'),
        rejections.stage,
        'rejected',
        rejections.reason,
        count(*),
        count(*) FILTER (WHERE reasons_of_a_file.reasons = 1)
    FROM rejections
    JOIN reasons_of_a_file USING (blob_id)
    LEFT JOIN source_files USING (blob_id)
    GROUP BY ALL
    UNION ALL
    SELECT language, 'curated_files', outcome, reason, count(*), 0
    FROM fates
    GROUP BY ALL
)

SELECT
    counted.language,
    steps.step,
    counted.stage,
    counted.outcome,
    counted.reason,
    counted.files,
    counted.alone
FROM counted
JOIN steps USING (stage)
ORDER BY counted.language, steps.step, counted.outcome, counted.files DESC, counted.reason
