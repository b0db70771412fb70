-- Under which licences files are: a row is one language, one set of licence expressions and where it was said.
--
-- language
-- expressions  SPDX expressions of the file's header or of its repositories, joined by ' | '; empty where none is known
-- source       where it was said: its header, its repository, nowhere
-- files        files of the language with these expressions
-- kept         of these, curated files
-- denied       of these, files that the policy does not allow
SELECT
    licenses.language,
    array_to_string(licenses.signals.expressions, ' | ') AS expressions,
    licenses.signals.source AS source,
    count(*) AS files,
    count(curated_files.blob_id) AS kept,
    count(denied.blob_id) AS denied
FROM licenses
LEFT JOIN curated_files USING (blob_id)
LEFT JOIN (SELECT DISTINCT blob_id FROM rejected_files WHERE stage = 'licenses') AS denied USING (blob_id)
GROUP BY ALL
ORDER BY licenses.language, files DESC, expressions, source
