<?php

declare(strict_types=1);

namespace GraphKit;

use InvalidArgumentException;
use SplQueue;

/**
 * Answers questions about a knight on a chess board.
 */
final class Knight
{
    private const JUMPS = [[1, 2], [2, 1], [2, -1], [1, -2], [-1, -2], [-2, -1], [-2, 1], [-1, 2]];

    public function __construct(private readonly int $size = 8)
    {
        if ($size < 1 || $size > 26) {
            throw new InvalidArgumentException("no board of size $size");
        }
    }

    /**
     * Parse a square such as "b3".
     *
     * @return array{int, int} column and row, counted from 0
     */
    private function parse(string $square): array
    {
        $column = ord($square[0] ?? ' ') - ord('a');
        $row = (int) substr($square, 1) - 1;
        if ($column < 0 || $column >= $this->size || $row < 0 || $row >= $this->size) {
            throw new InvalidArgumentException("no square $square");
        }

        return [$column, $row];
    }

    /** Name a square by its column and row. */
    private static function name(int $column, int $row): string
    {
        return chr(ord('a') + $column) . ($row + 1);
    }

    /**
     * List the squares a knight can jump to.
     *
     * @return list<string>
     */
    public function moves(string $square): array
    {
        [$column, $row] = $this->parse($square);
        $moves = [];
        foreach (self::JUMPS as [$dx, $dy]) {
            $x = $column + $dx;
            $y = $row + $dy;
            if ($x >= 0 && $x < $this->size && $y >= 0 && $y < $this->size) {
                $moves[] = self::name($x, $y);
            }
        }

        return $moves;
    }

    /**
     * Find a shortest way from one square to another.
     *
     * @return list<string>|null the squares on the way, both ends included, or
     *                           null when there is none
     */
    public function path(string $from, string $to): ?array
    {
        $this->parse($to);
        $previous = [$from => null];
        $queue = new SplQueue();
        $queue->enqueue($from);
        while (!$queue->isEmpty()) {
            $square = $queue->dequeue();
            if ($square === $to) {
                $path = [];
                for ($at = $to; $at !== null; $at = $previous[$at]) {
                    array_unshift($path, $at);
                }

                return $path;
            }
            foreach ($this->moves($square) as $next) {
                if (!array_key_exists($next, $previous)) {
                    $previous[$next] = $square;
                    $queue->enqueue($next);
                }
            }
        }

        return null;
    }
}
