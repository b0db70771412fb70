"""Hypothesis strategies: small SQL scripts for SQLite's shell with all that makes inserting lines hard."""

from hypothesis import strategies as st

TABLES = """CREATE TABLE item (id INTEGER PRIMARY KEY, name TEXT, price REAL, kind, "odd name" DEFAULT 'x;y');
create table if not exists pair(a, b, primary key (a, b)) without rowid;
CREATE TABLE log (line TEXT);
INSERT INTO log VALUES ('first');
CREATE TABLE child (id INTEGER PRIMARY KEY, item_id INTEGER REFERENCES item (id) ON DELETE CASCADE, note TEXT);
"""
STATEMENTS = st.sampled_from(
    [  # a statement, or some that belong together
        "INSERT INTO item (name, price, kind) VALUES ('a', 1.5, 'x'), ('b;--', 2, NULL), ('it''s \"q\"', 0.1, 3);",
        "INSERT OR IGNORE INTO item (id, name) VALUES (1, 'again'), (50, 'new');",
        "INSERT INTO pair VALUES (1, 2), (2, 3) ON CONFLICT DO NOTHING;",
        "INSERT INTO pair VALUES (1, 9) ON CONFLICT (a, b) DO UPDATE SET b = b + 1;",
        "REPLACE INTO item (id, name) VALUES (2, 'two');",
        "INSERT INTO log SELECT name || ' x ' || name FROM item WHERE price > 1;",
        "INSERT INTO log VALUES ('a text that is longer than the forty characters which are shown');",
        "INSERT INTO child (item_id, note) SELECT id, CASE WHEN id > 1 THEN 'big' ELSE 'small' END FROM item;",
        "UPDATE item SET price = price * 2 WHERE price > 1;",
        (
            "UPDATE item SET name = CASE WHEN price IS NULL THEN 'none' WHEN price > 1 THEN (SELECT max(line) FROM log)"
            " END\nWHERE id < 40;"
        ),
        "UPDATE item SET kind = x'00ff' WHERE id = 1;",
        "DELETE FROM item WHERE id = 1;",
        "DELETE FROM log;",
        "WITH few AS (SELECT id FROM item WHERE id < 3) DELETE FROM item WHERE id IN (SELECT id FROM few);",
        "WITH RECURSIVE n (i, t) AS (SELECT 1, 'a' UNION ALL SELECT i + 1, t || 'b' FROM n WHERE i < 12)\nSELECT * FROM n;",
        "INSERT INTO log\nWITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 5) SELECT i FROM n;",
        "SELECT * FROM item;",
        "SELECT *, 1 FROM item, pair;",
        "SELECT name, price AS cost FROM item -- a remark; here\nWHERE cost > 1 ORDER BY name;",
        "SELECT kind, count(*), sum(CASE kind WHEN 'x' THEN 1 END) AS xs FROM item GROUP BY kind HAVING count(*) > 0;",
        "SELECT kind AS k, max(price) FROM item GROUP BY k HAVING k IS NOT NULL ORDER BY 1;",
        "SELECT i.name, c.note FROM item AS i LEFT JOIN child c ON c.item_id = i.id WHERE i.id > 0;",
        (
            "SELECT i.name, CASE WHEN c.id IS NULL THEN 'no' ELSE 'yes' END\nFROM item i LEFT OUTER JOIN child AS c\n"
            "    ON c.item_id = i.id\nORDER BY i.id, c.id;"
        ),
        "SELECT changes(), total_changes(), last_insert_rowid();",
        "SELECT id FROM item WHERE id IN (SELECT item_id FROM child) UNION SELECT a FROM pair WHERE a > 1 ORDER BY 1;",
        "VALUES (1, 'x'), (2, 'y;');",
        "SELECT row_number() OVER (ORDER BY id) AS n, name FROM item WHERE name IS DISTINCT FROM 'b';",
        "SELECT x'0aff', 'multi\nline', \"odd name\", [odd name], `name` FROM item LIMIT 2;",
        'SELECT 1 AS "select", 2 AS a, 3 AS a, 4;',
        "BEGIN;\nINSERT INTO log VALUES ('lost');\nROLLBACK;",
        "BEGIN; DELETE FROM pair; COMMIT;",
        "SAVEPOINT one;\nUPDATE log SET line = 'changed';\nROLLBACK TO one;\nRELEASE one;",
        (
            "CREATE TRIGGER IF NOT EXISTS after_item AFTER INSERT ON item BEGIN\n  INSERT INTO log VALUES ('new; ' || new.id);\n"
            "  SELECT CASE WHEN new.id > 99 THEN RAISE(IGNORE) END;\nEND;"
        ),
        (
            "CREATE VIEW IF NOT EXISTS dear AS SELECT id, CASE WHEN price > 1 THEN 'dear' ELSE 'cheap' END AS w FROM item;\n"
            "SELECT w, count(*) FROM dear GROUP BY w;"
        ),
        "CREATE TEMP TABLE IF NOT EXISTS log (other);\nINSERT INTO log VALUES (7);\nDROP TABLE log;",
        "CREATE TABLE IF NOT EXISTS copied AS SELECT id, name FROM item;",
        "ALTER TABLE child ADD COLUMN extra INTEGER DEFAULT 4;\nSELECT extra FROM child;\nALTER TABLE child DROP COLUMN extra;",
        "PRAGMA foreign_keys = ON;",
        "EXPLAIN QUERY PLAN SELECT 1;",
        "SELECT 1; SELECT 2;",
        "SELECT 1; /* a remark */ -- and one more",
        "/* SELECT 'not run';\n.mode csv\n*/ SELECT\n    'run';",
        "-- about what follows\n-- in two lines; with a semicolon\nSELECT count(*) FROM item;",
        ";;",
        "# a remark of the shell's",
        ".print 'it''s; printed'",
        ".mode csv",
        ".mode column",
        ".mode box\n.headers off",
        ".mode list",
        ".mode line",
        ".mode insert item",
        ".mode quote\n.separator ' : '",
        ".headers on",
        ".headers off",
        ".separator ', '",
        ".separator ; |",
        ".nullvalue NIL",
        ".width 4 4",
        ".output kept.txt\nSELECT 'in a file';\nINSERT INTO log VALUES ('while it is open');\n.output",
        ".once kept.txt\nSELECT 'in a file';",
        "SELECT ?1, name FROM item WHERE id = ?1;",
    ]
)
ENDINGS = st.sampled_from(
    ["", "SELECT nothing FROM item;\nSELECT 1;\n", "SELECT 'no semicolon'", ".quit\nSELECT 1;\n", "SELECT (;"]
)


@st.composite
def sql_scripts(draw: st.DrawFn) -> str:
    """A script, mostly one that runs to its end."""
    parts = draw(st.lists(STATEMENTS, min_size=3, max_size=14))
    space = draw(st.sampled_from(["\n", "\n\n", " \t\n"]))
    text = TABLES + space.join(parts) + "\n" + draw(ENDINGS)
    if draw(st.booleans()):
        text = text.rstrip("\n")
    return text.replace("\n", "\r\n") if draw(st.sampled_from([True, False, False, False])) else text
