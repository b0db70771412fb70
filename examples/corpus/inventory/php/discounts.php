<?php

declare(strict_types=1);

/**
 * Work out the cheapest price of a basket when several offers are on.
 *
 * usage: php discounts.php ITEM=COUNT ...
 */

const PRICES = ['apple' => 40, 'bread' => 250, 'cheese' => 480, 'dates' => 320];

/** Offers: what must be in the basket, and what the bundle then costs. */
const OFFERS = [
    ['name' => 'four apples', 'needs' => ['apple' => 4], 'price' => 120],
    ['name' => 'bread and cheese', 'needs' => ['bread' => 1, 'cheese' => 1], 'price' => 650],
    ['name' => 'supper', 'needs' => ['bread' => 1, 'cheese' => 1, 'dates' => 1], 'price' => 899],
];

/**
 * Read the arguments.
 *
 * @param list<string> $args
 * @return array<string, int>
 */
function readBasket(array $args): array
{
    $basket = [];
    foreach ($args as $arg) {
        [$item, $count] = explode('=', $arg, 2) + [1 => '1'];
        if (!isset(PRICES[$item]) || !preg_match('/^\d{1,2}$/', $count)) {
            throw new InvalidArgumentException("cannot sell $arg");
        }
        $basket[$item] = ($basket[$item] ?? 0) + (int) $count;
    }
    ksort($basket);

    return $basket;
}

/**
 * Take the items of an offer out of a basket.
 *
 * @return array<string, int>|null the rest, or null when something is missing
 */
function take(array $basket, array $needs): ?array
{
    foreach ($needs as $item => $count) {
        if (($basket[$item] ?? 0) < $count) {
            return null;
        }
        $basket[$item] -= $count;
    }

    return $basket;
}

/**
 * Find the best combination of offers by trying all of them, remembering the
 * answer for every basket met on the way.
 *
 * @return array{int, list<string>} the price and the names of the offers used
 */
function cheapest(array $basket, array &$known = []): array
{
    $key = json_encode($basket);
    if (isset($known[$key])) {
        return $known[$key];
    }
    $price = 0;
    foreach ($basket as $item => $count) {
        $price += PRICES[$item] * $count;
    }
    $best = [$price, []];
    foreach (OFFERS as $offer) {
        $rest = take($basket, $offer['needs']);
        if ($rest === null) {
            continue;
        }
        [$restPrice, $names] = cheapest($rest, $known);
        if ($restPrice + $offer['price'] < $best[0]) {
            $best = [$restPrice + $offer['price'], [$offer['name'], ...$names]];
        }
    }

    return $known[$key] = $best;
}

try {
    $basket = readBasket(array_slice($argv, 1) ?: ['apple=9', 'bread=2', 'cheese=2', 'dates=1']);
} catch (InvalidArgumentException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(2);
}
[$price, $names] = cheapest($basket);
printf("%.2f\n", $price / 100);
foreach (array_count_values($names) as $name => $count) {
    echo "$count x $name\n";
}
