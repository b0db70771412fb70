-- What was edited in curated files: a row is one language and one kind of edit (redaction, control text).
--
-- language
-- kind             of the edit, for instance email, api_key, control_token
-- edits            spans that were replaced
-- files            curated files with such an edit
-- files_of_language  all curated files of the language
-- bytes            bytes that were replaced
WITH

edits AS (
    SELECT language, blob_id, unnest(edits) AS edit
    FROM curated_files
),

totals AS (
    SELECT language, count(*) AS files_of_language
    FROM curated_files
    GROUP BY language
)

SELECT
    edits.language,
    edits.edit.kind AS kind,
    count(*) AS edits,
    count(DISTINCT edits.blob_id) AS files,
    totals.files_of_language,
    sum(edits.edit.end - edits.edit.start)::BIGINT AS bytes
FROM edits
JOIN totals USING (language)
GROUP BY edits.language, edits.edit.kind, totals.files_of_language
ORDER BY edits.language, edits DESC, kind
