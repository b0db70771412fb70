<?php

declare(strict_types=1);

namespace Ledger;

use InvalidArgumentException;

/**
 * An invoice with several rates of tax. Amounts are whole cents.
 */
final class Invoice
{
    /** @var list<array{text: string, cents: int, quantity: int, rate: int}> */
    private array $lines = [];

    public function __construct(
        public readonly string $number,
        private readonly int $discountPercent = 0,
    ) {
        if ($discountPercent < 0 || $discountPercent > 100) {
            throw new InvalidArgumentException("no discount of $discountPercent per cent");
        }
    }

    /**
     * Add a line.
     *
     * @param string $text     what was delivered
     * @param int    $cents    price of one piece, before tax
     * @param int    $quantity number of pieces
     * @param int    $rate     tax in per cent
     */
    public function add(string $text, int $cents, int $quantity = 1, int $rate = 20): self
    {
        if ($quantity < 1 || $rate < 0) {
            throw new InvalidArgumentException("cannot invoice $quantity x $text at $rate %");
        }
        $this->lines[] = compact('text', 'cents', 'quantity', 'rate');

        return $this;
    }

    /**
     * Sum the lines by rate of tax, the discount already taken off.
     *
     * @return array<int, int> rate => net cents, lowest rate first
     */
    public function netByRate(): array
    {
        $sums = [];
        foreach ($this->lines as $line) {
            $sums[$line['rate']] = ($sums[$line['rate']] ?? 0) + $line['cents'] * $line['quantity'];
        }
        ksort($sums);
        foreach ($sums as $rate => $net) {
            $sums[$rate] = $net - self::percent($net, $this->discountPercent);
        }

        return $sums;
    }

    /** The amount to pay, tax included. */
    public function total(): int
    {
        $total = 0;
        foreach ($this->netByRate() as $rate => $net) {
            $total += $net + self::percent($net, $rate);
        }

        return $total;
    }

    /** Take a percentage, rounding half up. */
    private static function percent(int $cents, int $percent): int
    {
        return intdiv($cents * $percent + 50, 100);
    }

    /** Write cents as a decimal number. */
    public static function format(int $cents): string
    {
        return sprintf('%d.%02d', intdiv($cents, 100), $cents % 100);
    }

    /** Lay the invoice out as plain text. */
    public function __toString(): string
    {
        $text = "Invoice {$this->number}\n";
        foreach ($this->lines as $line) {
            $sum = self::format($line['cents'] * $line['quantity']);
            $text .= sprintf("%3d x %-20s %10s\n", $line['quantity'], $line['text'], $sum);
        }
        foreach ($this->netByRate() as $rate => $net) {
            $text .= sprintf("%26s %10s\n", "tax $rate %", self::format(self::percent($net, $rate)));
        }

        return $text . sprintf("%26s %10s\n", 'total', self::format($this->total()));
    }
}
