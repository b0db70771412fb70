<?php

declare(strict_types=1);

namespace TinyParsers;

use LogicException;

/**
 * Matches paths against patterns such as "/posts/{id:int}/{slug?}".
 */
final class Router
{
    private const TYPES = ['int' => '\d+', 'word' => '[\w-]+', 'rest' => '.+'];

    /** @var array<string, list<array{regex: string, names: array<string, string>, handler: callable}>> */
    private array $routes = [];

    /**
     * Register a handler.
     *
     * @param string   $method  "GET", "POST" and so on
     * @param string   $pattern the path with its parameters in braces
     * @param callable $handler called with the parameters by name
     */
    public function add(string $method, string $pattern, callable $handler): self
    {
        $names = [];
        $regex = preg_replace_callback(
            '~/\{(\w+)(?::(\w+))?(\?)?\}|[^{/]+|.~',
            function (array $match) use (&$names, $pattern): string {
                if (!isset($match[1])) {
                    return preg_quote($match[0], '~');
                }
                $type = ($match[2] ?? '') ?: 'word';
                if (!isset(self::TYPES[$type]) || isset($names[$match[1]])) {
                    throw new LogicException("bad parameter {$match[1]} in $pattern");
                }
                $names[$match[1]] = $type;
                $group = "/(?<{$match[1]}>" . self::TYPES[$type] . ')';

                return isset($match[3]) ? "(?:$group)?" : $group;
            },
            $this->separate($pattern),
        );
        $this->routes[$method][] = ['regex' => "~^$regex$~", 'names' => $names, 'handler' => $handler];

        return $this;
    }

    /** Drop a slash at the end, except from the root. */
    private function separate(string $path): string
    {
        return $path === '/' ? $path : rtrim($path, '/');
    }

    /**
     * Find and call the handler of a request.
     *
     * @return array{int, mixed} the status and what the handler returned
     */
    public function dispatch(string $method, string $path): array
    {
        $path = $this->separate($path);
        foreach ($this->routes[$method] ?? [] as $route) {
            if (!preg_match($route['regex'], $path, $match, PREG_UNMATCHED_AS_NULL)) {
                continue;
            }
            $parameters = [];
            foreach ($route['names'] as $name => $type) {
                $value = $match[$name] ?? null;
                $parameters[$name] = $type === 'int' && $value !== null ? (int) $value : $value;
            }

            return [200, ($route['handler'])(...$parameters)];
        }
        foreach ($this->routes as $routes) {
            foreach ($routes as $route) {
                if (preg_match($route['regex'], $path)) {
                    return [405, null];
                }
            }
        }

        return [404, null];
    }
}
