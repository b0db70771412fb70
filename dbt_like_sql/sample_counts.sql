-- What was made of the files: a row is one strategy, one kind of sample and one language.
--
-- strategy, kind, language
-- samples                   accepted samples
-- released                  of these, those that a release takes
-- files                     distinct files that they were made from
-- prompt_tokens             tokens of what the user says
-- answer_tokens             tokens of what is to be learned
-- parsed .. answer_is_source  accepted samples for which this was proved (tests_passed: at least one test)
-- answer_lines              median lines of their answers; null where no kind says it
-- dependency_depth          median length of the chain of values that must be followed; null where there is none
-- copied_share              mean share of the answer that stands in the question; null where it is not measured
-- rejected                  proposed samples that did not hold
-- rejected_by_reason        how many under each reason, the most frequent first; one sample may have several
WITH

accepted AS (
    SELECT
        strategy,
        kind,
        language,
        count(*) AS samples,
        count(*) FILTER (WHERE "release") AS released,
        count(DISTINCT blob_id) AS files,
        sum(prompt_tokens)::BIGINT AS prompt_tokens,
        sum(answer_tokens)::BIGINT AS answer_tokens,
        count(*) FILTER (WHERE verified.parsed) AS parsed,
        count(*) FILTER (WHERE verified.compiled) AS compiled,
        count(*) FILTER (WHERE verified.executed) AS executed,
        count(*) FILTER (WHERE verified.tests_passed > 0) AS tests_passed,
        count(*) FILTER (WHERE verified.behaves_as_source) AS behaves_as_source,
        count(*) FILTER (WHERE verified.observed) AS observed,
        count(*) FILTER (WHERE verified.answer_is_source) AS answer_is_source,
        median(difficulty.answer_lines) AS answer_lines,
        median(difficulty.dependency_depth) AS dependency_depth,
        avg(difficulty.copied_share::DECIMAL(9, 6)) AS copied_share -- a sum of floats would hang on the order of rows
    FROM samples
    GROUP BY strategy, kind, language
),

refused AS (
    SELECT
        rejected_samples.strategy,
        rejected_samples.kind,
        coalesce(curated_files.language, 'unknown') AS language,
        CASE WHEN coalesce(len(rejected_samples.reasons), 0) = 0 THEN ['no reason given'] ELSE list_distinct(rejected_samples.reasons) END
            AS reasons
    FROM rejected_samples
    LEFT JOIN curated_files USING (blob_id)
),

refused_counts AS (
    SELECT strategy, kind, language, count(*) AS rejected
    FROM refused
    GROUP BY strategy, kind, language
),

refused_reasons AS (
    SELECT
        strategy,
        kind,
        language,
        list({'reason': reason, 'samples': samples} ORDER BY samples DESC, reason) AS rejected_by_reason
    FROM (
        SELECT strategy, kind, language, reason, count(*) AS samples
        FROM (SELECT strategy, kind, language, unnest(reasons) AS reason FROM refused)
        GROUP BY strategy, kind, language, reason
    )
    GROUP BY strategy, kind, language
)

SELECT
    strategy,
    kind,
    language,
    coalesce(accepted.samples, 0) AS samples,
    coalesce(accepted.released, 0) AS released,
    coalesce(accepted.files, 0) AS files,
    coalesce(accepted.prompt_tokens, 0) AS prompt_tokens,
    coalesce(accepted.answer_tokens, 0) AS answer_tokens,
    coalesce(accepted.parsed, 0) AS parsed,
    coalesce(accepted.compiled, 0) AS compiled,
    coalesce(accepted.executed, 0) AS executed,
    coalesce(accepted.tests_passed, 0) AS tests_passed,
    coalesce(accepted.behaves_as_source, 0) AS behaves_as_source,
    coalesce(accepted.observed, 0) AS observed,
    coalesce(accepted.answer_is_source, 0) AS answer_is_source,
    accepted.answer_lines,
    accepted.dependency_depth,
    accepted.copied_share,
    coalesce(refused_counts.rejected, 0) AS rejected,
    coalesce(refused_reasons.rejected_by_reason, []) AS rejected_by_reason
FROM accepted
FULL JOIN refused_counts USING (strategy, kind, language)
LEFT JOIN refused_reasons USING (strategy, kind, language)
ORDER BY strategy, kind, language
