-- Cut page views into sessions: more than 30 minutes without a view end one.

CREATE TABLE page_view (
    visitor TEXT NOT NULL,
    minute INTEGER NOT NULL,
    path TEXT NOT NULL
);

INSERT INTO page_view (visitor, minute, path) VALUES
    ('ada', 0, '/'),
    ('ada', 4, '/shop'),
    ('ada', 9, '/shop/lamp'),
    ('ada', 70, '/'),
    ('ada', 72, '/cart'),
    ('bob', 5, '/shop/lamp'),
    ('bob', 36, '/shop/lamp'),
    ('cy', 50, '/'),
    ('cy', 61, '/cart'),
    ('cy', 62, '/thanks');

CREATE VIEW page_session AS
WITH gapped AS (
    SELECT
        visitor,
        minute,
        path,
        minute - LAG(minute) OVER (PARTITION BY visitor ORDER BY minute) AS gap
    FROM page_view
),

numbered AS (
    -- A running count of the long gaps numbers the sessions of a visitor.
    SELECT
        visitor,
        minute,
        path,
        SUM(CASE WHEN gap IS NULL OR gap > 30 THEN 1 ELSE 0 END)
            OVER (PARTITION BY visitor ORDER BY minute) AS session
    FROM gapped
)

SELECT visitor, session, minute, path
FROM numbered;

-- Length and outcome of each session.
SELECT
    visitor,
    session,
    COUNT(*) AS views,
    MAX(minute) - MIN(minute) AS minutes,
    CASE
        WHEN SUM(path = '/thanks') > 0 THEN 'bought'
        WHEN SUM(path = '/cart') > 0 THEN 'left a cart'
        WHEN COUNT(*) = 1 THEN 'bounced'
        ELSE 'browsed'
    END AS outcome
FROM page_session
GROUP BY visitor, session
ORDER BY visitor, session;

-- Pages that sessions begin with.
SELECT path, COUNT(*) AS entries
FROM page_session AS outer_view
WHERE minute = (
    SELECT MIN(inner_view.minute)
    FROM page_session AS inner_view
    WHERE inner_view.visitor = outer_view.visitor
        AND inner_view.session = outer_view.session
)
GROUP BY path
ORDER BY entries DESC, path;
