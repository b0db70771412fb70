<?php

declare(strict_types=1);

/**
 * Offer times at which several people are free.
 *
 * Each line of standard input reads "NAME HH:MM-HH:MM" and says when someone
 * is busy. The first argument is the length of the meeting in minutes.
 */

const OPEN = 9 * 60;
const CLOSE = 17 * 60;

/** Turn "HH:MM" into minutes, or fail. */
function toMinutes(string $clock): int
{
    if (!preg_match('/^([01]?\d|2[0-3]):([0-5]\d)$/', $clock, $parts)) {
        throw new UnexpectedValueException("not a time: $clock");
    }

    return (int) $parts[1] * 60 + (int) $parts[2];
}

/** Turn minutes into "HH:MM". */
function toClock(int $minutes): string
{
    return sprintf('%02d:%02d', intdiv($minutes, 60), $minutes % 60);
}

/**
 * Read the busy times, all people together.
 *
 * @param iterable<string> $lines
 * @return list<array{int, int}>
 */
function readBusy(iterable $lines): array
{
    $busy = [];
    foreach ($lines as $number => $line) {
        if (trim($line) === '') {
            continue;
        }
        if (!preg_match('/^\S+\s+(\S+)-(\S+)$/', trim($line), $parts)) {
            throw new UnexpectedValueException('line ' . ($number + 1) . ': expected NAME FROM-TO');
        }
        $from = toMinutes($parts[1]);
        $to = toMinutes($parts[2]);
        if ($from < $to) {
            $busy[] = [$from, $to];
        }
    }
    sort($busy);

    return $busy;
}

/**
 * List the stretches of the working day at which nobody is busy.
 *
 * @param list<array{int, int}> $busy sorted by start
 * @return Generator<array{int, int}>
 */
function freeTimes(array $busy): Generator
{
    $cursor = OPEN;
    foreach ($busy as [$from, $to]) {
        if (min($from, CLOSE) > $cursor) {
            yield [$cursor, min($from, CLOSE)];
        }
        $cursor = max($cursor, $to);
    }
    if ($cursor < CLOSE) {
        yield [$cursor, CLOSE];
    }
}

$length = (int) ($argv[1] ?? 30);
if ($length < 5 || $length > CLOSE - OPEN) {
    fwrite(STDERR, "usage: free_slots.php [MINUTES] < busy-times\n");
    exit(2);
}
try {
    $found = 0;
    foreach (freeTimes(readBusy(explode("\n", stream_get_contents(STDIN)))) as [$from, $to]) {
        if ($to - $from >= $length) {
            $found++;
            echo toClock($from), ' to ', toClock($to), ', latest start ', toClock($to - $length), "\n";
        }
    }
    echo $found === 0 ? "no time for $length minutes\n" : "$found to choose from\n";
} catch (UnexpectedValueException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
