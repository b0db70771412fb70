<?php

declare(strict_types=1);

/**
 * Group the stack traces in a log by where they began.
 *
 * A trace is a line that begins with "error:" and the lines "  at PLACE:LINE"
 * that follow it. The log is read from standard input, or from a sample when
 * the only argument is "--sample".
 */

const SAMPLE = <<<'LOG'
    info: started
    error: no such file
      at Store.open:41
      at Cart.load:12
    error: timed out
      at Http.get:88
    info: retry
    error: no such file
      at Store.open:41
      at Report.build:7
    error: no details
    LOG;

/**
 * Cut a log into traces.
 *
 * @param iterable<string> $lines
 * @return Generator<array{message: string, frames: list<string>}>
 */
function traces(iterable $lines): Generator
{
    $trace = null;
    foreach ($lines as $line) {
        if ($trace !== null && preg_match('/^\s+at (\S+)$/', $line, $match)) {
            $trace['frames'][] = $match[1];
            continue;
        }
        if ($trace !== null) {
            yield $trace;
            $trace = null;
        }
        if (str_starts_with($line, 'error: ')) {
            $trace = ['message' => substr($line, 7), 'frames' => []];
        }
    }
    if ($trace !== null) {
        yield $trace;
    }
}

/**
 * Count the traces by message and first frame, and collect their callers.
 *
 * @param iterable<array{message: string, frames: list<string>}> $traces
 * @return array<string, array{count: int, callers: array<string, true>}>
 */
function group(iterable $traces): array
{
    $groups = [];
    foreach ($traces as $trace) {
        $origin = $trace['frames'][0] ?? 'unknown place';
        $key = "{$trace['message']} ($origin)";
        $groups[$key] ??= ['count' => 0, 'callers' => []];
        $groups[$key]['count']++;
        if (isset($trace['frames'][1])) {
            $groups[$key]['callers'][$trace['frames'][1]] = true;
        }
    }
    uksort($groups, fn (string $a, string $b): int => [$groups[$b]['count'], $a] <=> [$groups[$a]['count'], $b]);

    return $groups;
}

$text = ($argv[1] ?? '') === '--sample' ? SAMPLE : stream_get_contents(STDIN);
$groups = group(traces(explode("\n", $text)));
foreach ($groups as $key => ['count' => $count, 'callers' => $callers]) {
    echo "$count  $key\n";
    foreach (array_keys($callers) as $caller) {
        echo "     from $caller\n";
    }
}
if ($groups === []) {
    echo "no errors\n";
}
