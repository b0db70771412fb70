-- Which articles to reorder, and from whom: the cheapest supplier that can
-- deliver before the stock runs out, or else the fastest one.

CREATE TABLE article (
    sku TEXT PRIMARY KEY,
    stock INTEGER NOT NULL,
    daily_use INTEGER NOT NULL
);

CREATE TABLE supplier_offer (
    sku TEXT NOT NULL REFERENCES article (sku),
    supplier TEXT NOT NULL,
    price INTEGER NOT NULL,
    days INTEGER NOT NULL,
    PRIMARY KEY (sku, supplier)
);

INSERT INTO article (sku, stock, daily_use) VALUES
    ('AX-100', 40, 10),
    ('AX-200', 500, 12),
    ('BR-010', 9, 3),
    ('CK-777', 0, 1);

INSERT INTO supplier_offer (sku, supplier, price, days) VALUES
    ('AX-100', 'Northway', 120, 6),
    ('AX-100', 'Quickparts', 145, 2),
    ('AX-200', 'Northway', 80, 6),
    ('BR-010', 'Northway', 60, 3),
    ('BR-010', 'Quickparts', 75, 1),
    ('CK-777', 'Northway', 900, 8),
    ('CK-777', 'Oldmill', 850, 12);

WITH cover AS (
    -- How many days the stock lasts.
    SELECT sku, stock, daily_use, stock / daily_use AS days_left
    FROM article
),

ranked AS (
    SELECT
        cover.sku,
        cover.days_left,
        cover.daily_use,
        supplier_offer.supplier,
        supplier_offer.price,
        supplier_offer.days,
        ROW_NUMBER() OVER (
            PARTITION BY cover.sku
            ORDER BY
                CASE WHEN supplier_offer.days <= cover.days_left THEN 0 ELSE 1 END,
                CASE WHEN supplier_offer.days <= cover.days_left THEN supplier_offer.price
                    ELSE supplier_offer.days END,
                supplier_offer.supplier
        ) AS choice
    FROM cover
    INNER JOIN supplier_offer ON supplier_offer.sku = cover.sku
    WHERE cover.days_left < 14
)

SELECT
    sku,
    days_left,
    supplier,
    daily_use * 14 AS quantity,
    daily_use * 14 * price AS cost,
    CASE WHEN days > days_left THEN 'late' ELSE 'in time' END AS arrival
FROM ranked
WHERE choice = 1
ORDER BY days_left, sku;
