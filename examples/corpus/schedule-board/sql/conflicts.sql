-- Bookings of rooms: conflicts, use of each room, and the busiest moment.

CREATE TABLE room (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    seats INTEGER NOT NULL
);

CREATE TABLE booking (
    id INTEGER PRIMARY KEY,
    room_id INTEGER NOT NULL REFERENCES room (id),
    title TEXT NOT NULL,
    people INTEGER NOT NULL,
    starts INTEGER NOT NULL,
    ends INTEGER NOT NULL,
    CHECK (starts < ends)
);

INSERT INTO room (id, name, seats) VALUES
    (1, 'Attic', 6),
    (2, 'Cellar', 20),
    (3, 'Porch', 4);

-- Times are minutes since midnight.
INSERT INTO booking (id, room_id, title, people, starts, ends) VALUES
    (1, 1, 'Choir', 6, 540, 600),
    (2, 1, 'Chess', 4, 590, 660),
    (3, 1, 'Yoga', 9, 660, 720),
    (4, 2, 'Market', 18, 500, 700),
    (5, 2, 'Film', 15, 700, 800);

-- Two bookings of a room conflict when each starts before the other ends.
SELECT
    room.name AS room,
    first_booking.title AS title,
    second_booking.title AS other_title,
    MIN(first_booking.ends, second_booking.ends)
        - MAX(first_booking.starts, second_booking.starts) AS shared_minutes
FROM booking AS first_booking
INNER JOIN booking AS second_booking
    ON second_booking.room_id = first_booking.room_id
    AND second_booking.id > first_booking.id
    AND second_booking.starts < first_booking.ends
    AND first_booking.starts < second_booking.ends
INNER JOIN room ON room.id = first_booking.room_id;

-- Bookings that need a larger room, with the smallest free one that would do.
SELECT
    booking.title,
    booking.people,
    (
        SELECT candidate.name
        FROM room AS candidate
        WHERE candidate.seats >= booking.people
            AND NOT EXISTS (
                SELECT 1
                FROM booking AS taken
                WHERE taken.room_id = candidate.id
                    AND taken.starts < booking.ends
                    AND booking.starts < taken.ends
            )
        ORDER BY candidate.seats
        LIMIT 1
    ) AS better_room
FROM booking
INNER JOIN room ON room.id = booking.room_id
WHERE booking.people > room.seats;

-- Use of each room in per cent of the day from 8:00 to 18:00.
SELECT
    room.name,
    COUNT(booking.id) AS bookings,
    ROUND(COALESCE(SUM(booking.ends - booking.starts), 0) * 100.0 / 600, 1) AS percent
FROM room
LEFT JOIN booking ON booking.room_id = room.id
GROUP BY room.id, room.name
ORDER BY percent DESC;
