<?php

declare(strict_types=1);

namespace TextTools;

/**
 * Changes English words and identifiers from one form to another.
 */
final class Inflector
{
    private const IRREGULAR = [
        'person' => 'people',
        'child' => 'children',
        'mouse' => 'mice',
        'foot' => 'feet',
        'sheep' => 'sheep',
    ];

    private const SMALL_WORDS = ['a', 'an', 'and', 'of', 'or', 'the', 'to'];

    /**
     * Return the plural of a noun. The first letter keeps its case.
     */
    public static function plural(string $noun): string
    {
        $lower = strtolower($noun);
        if (isset(self::IRREGULAR[$lower])) {
            return $noun[0] . substr(self::IRREGULAR[$lower], 1);
        }
        if (preg_match('/(?:s|x|z|ch|sh)$/', $lower)) {
            return $noun . 'es';
        }
        if (preg_match('/[^aeiou]y$/', $lower)) {
            return substr($noun, 0, -1) . 'ies';
        }

        return $noun . 's';
    }

    /**
     * Write a count with its noun: "1 box", "2 boxes", "no boxes".
     */
    public static function count(int $count, string $noun): string
    {
        return match ($count) {
            0 => 'no ' . self::plural($noun),
            1 => "1 $noun",
            default => "$count " . self::plural($noun),
        };
    }

    /**
     * Split an identifier into lower-case words.
     *
     * @return list<string>
     */
    public static function words(string $identifier): array
    {
        $spaced = preg_replace(
            ['/([a-z\d])([A-Z])/', '/([A-Z]+)([A-Z][a-z])/', '/[^A-Za-z\d]+/'],
            ['$1 $2', '$1 $2', ' '],
            $identifier,
        );

        return array_values(array_filter(explode(' ', strtolower(trim($spaced))), 'strlen'));
    }

    /** Write an identifier as someOtherName. */
    public static function camel(string $identifier): string
    {
        return lcfirst(implode('', array_map('ucfirst', self::words($identifier))));
    }

    /** Write an identifier as some_other_name. */
    public static function snake(string $identifier): string
    {
        return implode('_', self::words($identifier));
    }

    /** Write an identifier as a title; small words stay small after the first. */
    public static function title(string $identifier): string
    {
        $words = self::words($identifier);
        foreach ($words as $i => $word) {
            if ($i === 0 || !in_array($word, self::SMALL_WORDS, true)) {
                $words[$i] = ucfirst($word);
            }
        }

        return implode(' ', $words);
    }

    /** Write a position as "1st", "2nd", "11th" and so on. */
    public static function ordinal(int $number): string
    {
        $suffix = match (true) {
            $number % 100 >= 11 && $number % 100 <= 13 => 'th',
            $number % 10 === 1 => 'st',
            $number % 10 === 2 => 'nd',
            $number % 10 === 3 => 'rd',
            default => 'th',
        };

        return $number . $suffix;
    }
}
