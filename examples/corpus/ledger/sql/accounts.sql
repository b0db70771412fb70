-- Double-entry book-keeping: tables, a balance view and a few days of entries.

CREATE TABLE account (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('asset', 'liability', 'income', 'expense'))
);

CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    booked_on TEXT NOT NULL,
    description TEXT NOT NULL
);

-- A positive amount debits the account, a negative one credits it. Amounts are
-- in cents; those of one entry must add up to zero.
CREATE TABLE posting (
    entry_id INTEGER NOT NULL REFERENCES entry (id),
    account_id INTEGER NOT NULL REFERENCES account (id),
    amount INTEGER NOT NULL CHECK (amount <> 0),
    PRIMARY KEY (entry_id, account_id)
);

CREATE INDEX posting_by_account ON posting (account_id);

-- One row for each account, accounts without postings included.
CREATE VIEW balance AS
SELECT
    account.id,
    account.name,
    account.kind,
    COALESCE(SUM(posting.amount), 0) AS amount
FROM account
LEFT JOIN posting ON posting.account_id = account.id
GROUP BY account.id, account.name, account.kind;

INSERT INTO account (id, name, kind) VALUES
    (1, 'bank', 'asset'),
    (2, 'card', 'liability'),
    (3, 'wages', 'income'),
    (4, 'rent', 'expense'),
    (5, 'food', 'expense'),
    (6, 'gifts', 'expense');

INSERT INTO entry (id, booked_on, description) VALUES
    (1, '2024-03-01', 'Wages for February'),
    (2, '2024-03-02', 'Rent'),
    (3, '2024-03-05', 'Groceries'),
    (4, '2024-03-09', 'Card bill'),
    (5, '2024-03-11', 'Market, entered in a hurry');

INSERT INTO posting (entry_id, account_id, amount) VALUES
    (1, 1, 240000), (1, 3, -240000),
    (2, 4, 95000), (2, 1, -95000),
    (3, 5, 8450), (3, 2, -8450),
    (4, 2, 8450), (4, 1, -8450),
    (5, 5, 2300), (5, 1, -2000);

-- Entries that do not balance, with what is missing.
SELECT
    entry.id,
    entry.description,
    SUM(posting.amount) AS imbalance
FROM entry
INNER JOIN posting ON posting.entry_id = entry.id
GROUP BY entry.id, entry.description
HAVING SUM(posting.amount) <> 0;

-- Totals by kind of account.
SELECT kind, SUM(amount) AS total
FROM balance
GROUP BY kind
ORDER BY kind;
