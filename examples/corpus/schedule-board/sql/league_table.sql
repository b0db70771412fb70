-- The table of a small league, computed from the results of its matches.

CREATE TABLE result (
    round INTEGER NOT NULL,
    home TEXT NOT NULL,
    away TEXT NOT NULL,
    home_goals INTEGER NOT NULL,
    away_goals INTEGER NOT NULL,
    PRIMARY KEY (round, home)
);

INSERT INTO result (round, home, away, home_goals, away_goals) VALUES
    (1, 'Circle', 'Square', 2, 1),
    (1, 'Triangle', 'Rhombus', 0, 0),
    (2, 'Square', 'Triangle', 3, 1),
    (2, 'Rhombus', 'Circle', 1, 1),
    (3, 'Circle', 'Triangle', 0, 2),
    (3, 'Square', 'Rhombus', 2, 0);

-- Every match twice, seen from either side.
CREATE VIEW appearance AS
SELECT round, home AS team, home_goals AS scored, away_goals AS conceded
FROM result
UNION ALL
SELECT round, away AS team, away_goals AS scored, home_goals AS conceded
FROM result;

CREATE VIEW standing AS
SELECT
    team,
    COUNT(*) AS played,
    SUM(CASE WHEN scored > conceded THEN 1 ELSE 0 END) AS won,
    SUM(CASE WHEN scored = conceded THEN 1 ELSE 0 END) AS drawn,
    SUM(scored) - SUM(conceded) AS difference,
    SUM(scored) AS goals,
    SUM(CASE
        WHEN scored > conceded THEN 3
        WHEN scored = conceded THEN 1
        ELSE 0
    END) AS points
FROM appearance
GROUP BY team;

-- The table: points, then goal difference, then goals, then the name.
SELECT
    RANK() OVER (ORDER BY points DESC, difference DESC, goals DESC) AS place,
    team,
    played,
    won,
    drawn,
    played - won - drawn AS lost,
    difference,
    points
FROM standing
ORDER BY place, team;

-- How the leader changed: points after each round.
SELECT
    round,
    team,
    SUM(CASE WHEN scored > conceded THEN 3 WHEN scored = conceded THEN 1 ELSE 0 END)
        OVER (PARTITION BY team ORDER BY round) AS points_so_far
FROM appearance
ORDER BY round, points_so_far DESC, team;
