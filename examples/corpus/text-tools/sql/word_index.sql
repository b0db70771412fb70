-- A word index over short notes, built and queried in SQL alone.

CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    body TEXT NOT NULL
);

CREATE TABLE word_position (
    word TEXT NOT NULL,
    note_id INTEGER NOT NULL REFERENCES note (id),
    position INTEGER NOT NULL,
    PRIMARY KEY (word, note_id, position)
);

INSERT INTO note (id, body) VALUES
    (1, 'buy bread and milk'),
    (2, 'bread needs flour water and time'),
    (3, 'time to buy a new bread knife'),
    (4, 'milk the goat');

-- Cut each note at its spaces: every step moves one word off the front.
INSERT INTO word_position (word, note_id, position)
WITH RECURSIVE split (note_id, position, word, rest) AS (
    SELECT id, 0, '', LOWER(body) || ' '
    FROM note
    UNION ALL
    SELECT
        note_id,
        position + 1,
        SUBSTR(rest, 1, INSTR(rest, ' ') - 1),
        SUBSTR(rest, INSTR(rest, ' ') + 1)
    FROM split
    WHERE rest <> ''
)

SELECT word, note_id, position
FROM split
WHERE word <> '';

-- Words by the number of notes they occur in.
SELECT word, COUNT(DISTINCT note_id) AS notes
FROM word_position
GROUP BY word
HAVING COUNT(DISTINCT note_id) > 1
ORDER BY notes DESC, word;

-- Notes that hold both of two words, those where they are nearest first.
SELECT
    note.id,
    MIN(ABS(first_word.position - second_word.position)) AS distance,
    note.body
FROM note
INNER JOIN word_position AS first_word
    ON first_word.note_id = note.id AND first_word.word = 'bread'
INNER JOIN word_position AS second_word
    ON second_word.note_id = note.id AND second_word.word = 'buy'
GROUP BY note.id, note.body
ORDER BY distance, note.id;

-- Pairs of neighbouring words that include "bread".
SELECT
    before_word.word || ' ' || after_word.word AS pair,
    COUNT(*) AS times
FROM word_position AS before_word
INNER JOIN word_position AS after_word
    ON after_word.note_id = before_word.note_id
    AND after_word.position = before_word.position + 1
WHERE before_word.word = 'bread' OR after_word.word = 'bread'
GROUP BY before_word.word, after_word.word
ORDER BY pair;
