-- Trains between towns: where one can get, by which way, and in what time.

CREATE TABLE line (
    origin TEXT NOT NULL,
    destination TEXT NOT NULL,
    minutes INTEGER NOT NULL CHECK (minutes > 0),
    PRIMARY KEY (origin, destination)
);

INSERT INTO line (origin, destination, minutes) VALUES
    ('Alder', 'Birch', 20),
    ('Birch', 'Cedar', 35),
    ('Alder', 'Cedar', 70),
    ('Cedar', 'Alder', 60),
    ('Cedar', 'Elder', 15),
    ('Birch', 'Elder', 55),
    ('Fir', 'Alder', 10);

-- Every way from Alder that visits no town twice. The way is kept as a text
-- such as '/Alder/Birch/', in which a visited town is easy to find.
CREATE VIEW way AS
WITH RECURSIVE travel (town, minutes, changes, path) AS (
    SELECT 'Alder', 0, 0, '/Alder/'
    UNION ALL
    SELECT
        line.destination,
        travel.minutes + line.minutes,
        travel.changes + 1,
        travel.path || line.destination || '/'
    FROM travel
    INNER JOIN line ON line.origin = travel.town
    WHERE INSTR(travel.path, '/' || line.destination || '/') = 0
)

SELECT town, minutes, changes, path
FROM travel
WHERE changes > 0;

-- The fastest way to each town; SQLite and others allow plain columns only
-- beside a single MIN, so a window is used instead.
SELECT town, minutes, path
FROM (
    SELECT
        town,
        minutes,
        path,
        ROW_NUMBER() OVER (PARTITION BY town ORDER BY minutes, changes, path) AS place
    FROM way
) AS ranked
WHERE place = 1
ORDER BY minutes;

-- Towns that cannot be reached from Alder.
SELECT DISTINCT origin AS town
FROM line
WHERE origin <> 'Alder'
    AND origin NOT IN (SELECT town FROM way)
ORDER BY town;

-- How many ways there are to each town, and how much the slowest loses.
SELECT
    town,
    COUNT(*) AS ways,
    MAX(minutes) - MIN(minutes) AS loss
FROM way
GROUP BY town
ORDER BY town;
