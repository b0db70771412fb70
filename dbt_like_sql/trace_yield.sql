-- What recording gives: a row is one language, and either its kept files or one reason for which files were dropped.
--
-- language
-- outcome            kept or dropped
-- reason             why they were dropped, empty for kept; a file counts under each of its reasons
-- files              files with this outcome and reason
-- files_of_language  all files of the language that could have been recorded
-- share              files / files_of_language
WITH

totals AS (
    SELECT language, count(*) AS files_of_language
    FROM trace_outcomes
    GROUP BY language
),

outcomes AS (
    SELECT language, 'kept' AS outcome, '' AS reason, count(*) FILTER (WHERE kept) AS files
    FROM trace_outcomes
    GROUP BY language
    UNION ALL
    SELECT language, 'dropped', reason, count(*)
    FROM (
        SELECT
            language,
            unnest(CASE WHEN coalesce(len(reasons), 0) = 0 THEN ['no reason given'] ELSE list_distinct(reasons) END) AS reason
        FROM trace_outcomes
        WHERE kept IS NOT TRUE
    )
    GROUP BY language, reason
)

SELECT
    outcomes.language,
    outcomes.outcome,
    outcomes.reason,
    outcomes.files,
    totals.files_of_language,
    outcomes.files / totals.files_of_language AS share
FROM outcomes
JOIN totals USING (language)
ORDER BY outcomes.language, outcomes.outcome DESC, outcomes.files DESC, outcomes.reason
