-- How much of a corpus repeats itself: a row is one language.
--
-- language
-- files             different files
-- occurrences       places that they occur in; more than files are exact duplicates
-- clusters          near-duplicate clusters of at least two files
-- copies            files that are near-duplicates of a kept one
-- copies_held_out   of these, near a held-out file
-- largest_cluster   files of the largest cluster
-- median_jaccard    of the copies with their keepers; null where there are none
WITH

of_files AS (
    SELECT language, count(*) AS files, sum(len(occurrences))::BIGINT AS occurrences
    FROM source_files
    GROUP BY language
),

clusters AS (
    SELECT source_files.language, near_duplicates.cluster, count(*) AS files
    FROM near_duplicates
    JOIN source_files USING (blob_id)
    GROUP BY source_files.language, near_duplicates.cluster
    HAVING count(*) > 1
),

of_clusters AS (
    SELECT language, count(*) AS clusters, max(files) AS largest_cluster
    FROM clusters
    GROUP BY language
),

of_copies AS (
    SELECT
        source_files.language,
        count(*) AS copies,
        count(*) FILTER (WHERE near_duplicates.keeper_held_out) AS copies_held_out,
        median(near_duplicates.jaccard_to_keeper) AS median_jaccard
    FROM near_duplicates
    JOIN source_files USING (blob_id)
    WHERE NOT near_duplicates.keeper
    GROUP BY source_files.language
)

SELECT
    of_files.language,
    of_files.files,
    of_files.occurrences,
    coalesce(of_clusters.clusters, 0) AS clusters,
    coalesce(of_copies.copies, 0) AS copies,
    coalesce(of_copies.copies_held_out, 0) AS copies_held_out,
    coalesce(of_clusters.largest_cluster, 1) AS largest_cluster,
    of_copies.median_jaccard
FROM of_files
LEFT JOIN of_clusters USING (language)
LEFT JOIN of_copies USING (language)
ORDER BY of_files.language
