"""Hypothesis strategies: small PHP programs with all that makes inserting statements hard."""

import textwrap

from hypothesis import strategies as st

INDENTS = st.sampled_from(["  ", "    ", "\t"])
SIMPLE = st.sampled_from(
    [
        "$a = 3;",
        "$a = $b * 2 + 1;  // why not",
        "$a = $b; # why",
        "$total += $a; $b--;",
        "$a = $c = $total;",
        "[$a, $b] = [$b, $a];",
        "list($first, , $third) = $items;\necho $first, $third;",
        "['k' => $k, 'm' => [$m]] = ['k' => $a, 'm' => [$b]]; echo $k + $m;",
        "$items[] = $a;",
        "$items[$a % 3] = $b;",
        '$table["k"]["m"] ??= $total;',
        "$table['k'] = $table;\necho count($table);",
        "array_push($items, $a);",
        "sort($items);",
        'echo array_pop($items), "\\n";',
        "$double = fn($x) => $x * 2;\necho $double($a);",
        "$add = function ($x) use ($a, &$total) { $total += $x; return $x + $a; };\necho $add(2);",
        "$doubled = array_map(function (int $x): int {\n  return $x * 2;\n}, $items); echo implode(',', $doubled);",
        "foreach ($items as $i => $one) $total += $one;",
        "foreach ($items as &$ref) { $ref++; }\nunset($ref);",
        "foreach ([[1, [2]], [3, [4]]] as [$p, [$q]]) echo $p + $q;",
        "for ($i = 0, $j = 3; $i < $j; $i++) $total += $i;",
        "for ($i = 0; $i < 2; $i++);",
        "$i = 0; while ($i++ < 3) if ($i == 2) continue; else $total++;",
        "$i = 0; do $i++; while ($i < 3);",
        "while (($n = array_shift($items)) !== null && $n > 1) { $total += $n; }",
        "switch ($a) { case 1: $b = 1; case 2: $total++; break; default: { $a = 1; } }",
        "switch ($a):\n  case 3: $b = 2; break;\nendswitch;",
        "if ($a > $b) $total++; elseif ($total) $a--; else $b++;",
        "if ($a) if ($b) $total++; else $total--;",
        "if ($a > 1): $b = 2; elseif ($b): $a = 2; else: $total = 1; endif;",
        "if (preg_match('/(\\d)/', \"x$a\", $found)) { echo $found[1]; }",
        "if (!isset($nothing['a']) || $fresh = 3) { $total++; }",
        "echo $kind = match (true) { $a > 3 => 'big}', default => 'small' };",
        'try { if ($total > 2) throw new RuntimeException("big"); $total++; } catch (LogicException | RuntimeException $e) {\n echo $e->getMessage(); } finally { $b++; }',
        'echo "{$a} {$items[0]}\\n";',
        'echo <<<EOT\n  a $a {\n  EOT . "!\\n";',
        "$text = <<<'X'\n$nothing }\nX;\necho strlen($text);",
        "global $seen; $seen = $a; echo $seen;",
        "static $calls = 0; $calls++; echo $calls;",
        "unset($table['a']); echo count($table);",
        "$gone = 1; unset($gone); echo isset($gone) ? 1 : 0;",
        "$object = new stdClass; $object->x = $a; $object->y['z'] = 1; echo $object->x;",
        "$thing = new class($a) { public $n; function __construct($n) { $this->n = $n; } function get() { return $this->n; } };\necho $thing->get();",
        "echo $a ?: $b, $a <=> $b;",
        "// only a remark",
        "# another",
        "/* a remark\n   of two lines */",
        ";",
        "{ $a++; }",
        "?>\n<b>text</b> <?= $a ?> {\n<?php",
        "if ($a): ?> <i><?= $b ?></i>\n<?php else: ?>\nno\n<?php endif;",
        "foreach ([1, 2] as $n) { ?>\n<li><?= $n ?></li>\n<?php }",
        "$b = $a // remark\n  + 1;",
        "$a = $b ?>text\n<?php",
        "$a = $b; // gone ?> text <?php echo $a;",
        "echo helper($a, $b), counts(...[2])->current();",
    ]
)  # fmt: skip
HEAD = """<?php
declare(strict_types=1);

%s
use InvalidArgumentException as Wrong;

/** Counts. */
abstract class Base { abstract protected function get(): int; public static $all = 0; }
final class Till extends Base
{
    private array $log = [];
    private ?int $late;
    const LIMIT = 3;

    public function __construct(private int $cash, protected readonly string $name = "t")
    {
        self::$all++; $this->late = $cash;
        $this->log['start'] = [$cash];
    }
    public function pay(int $amount): static
    {
        if ($amount > $this->cash)
            throw new Wrong("too much");
        $this->cash -= $amount;
        return $this;
    }
    protected function get(): int { return $this->cash; }
    public function __get(string $name): mixed { echo "get $name\\n"; return 1; }
    public function __toString(): string { return "till"; }
    public function &log(): array { return $this->log; }
    public static function make(int ...$cash): static { return new static(...$cash); }
}
enum Size: int { case Small = 1; case Big = 2; public function next(): self { return $this === self::Small ? self::Big : self::Small; } }

function helper($x, ?int &$y = null)
{
    if ($y === null || $x > 90) return -1;
    $y = $x;
    return $y + 1;
}
function counts($n) { for ($i = 1; $i < $n; $i++) yield $i; return $n; }
"""
USES = """$till = Till::make(5);
try {
    $till->pay(3)->pay(9);
} catch (Wrong $error) { echo $error->getMessage(), $till->other, " $till\\n"; }
$log = &$till->log(); $log[] = 1; echo count($till->log()), Till::$all, Size::Small->next()->name, "\\n";
"""
START = "$items = [3, 1, 2]; $table = ['a' => 1]; $total = 0;\n"


def _compound(children):
    blocks = st.lists(children, min_size=1, max_size=3)

    def build(kind, body, other, indent):
        inner, outer = (_indented(one, indent) for one in (body, other))
        return {
            "if": f"if ($a > $b) {{\n{inner}\n}} else if ($total)\n{{\n{outer}\n}}\nelse {{  // last\n{inner}\n}}",
            "colon": f"if ($a > $b): // why\n{inner}\nelse:\n{outer}\nendif;",
            "for": f"for ($u = 0; $u < 2; $u++) {{  // each\n{inner}\n{indent}if ($u > 1) break;\n}}",
            "foreach": f"foreach ([1, 2] as $w):\n{inner}\nendforeach;",
            "switch": f"switch ($total % 3) {{\ncase 0:\n{{\n{inner}\n}}\n{indent}/* falls */\ncase 1: {{\n{outer}\n{indent}break; }}\ndefault: ;\n}}",
            "try": f"try {{\n{inner}\n}} catch (Error $e) {{\n{outer}\n}}",
            "closure": f"(function () use ($a, $b, &$total, $items, $table) {{\n{inner}\n}})();",
        }[kind]

    kinds = ["if", "colon", "for", "foreach", "switch", "try", "closure"]
    return st.builds(build, st.sampled_from(kinds), blocks, blocks, INDENTS)


def _indented(lines, indent):
    # The text of a page and of `<<<` keep their column.
    text = "\n".join(lines)
    return text if "<<<" in text or "?>" in text else textwrap.indent(text, indent)


def php_programs():
    """PHP programs that end: any nesting, both syntaxes, pages around, references, either line end, no last newline."""
    statements = st.recursive(SIMPLE, _compound, max_leaves=8)
    bodies = st.lists(st.lists(statements, min_size=1, max_size=4), min_size=1, max_size=3)

    def build(functions, namespace, page, newline, end):
        parts = [page, HEAD % namespace if not page else HEAD.replace("declare(strict_types=1);\n", "") % ""]
        for number, body in enumerate(functions):
            inside = "\n".join(body)
            parts.append(f"function part{number}($a, $b)\n{{\n{START}{inside}\n  return [$a, $b, $total];\n}}\n")
            parts.append(f'echo json_encode(part{number}({number}, 3)), "\\n";\n')
        text = "\n".join(functions[0]).replace("global $seen; ", "")
        return ("".join(parts) + f"$a = 5; $b = 2;\n{START}{text}\n{USES}{end}").replace("\n", newline)

    namespaces = st.sampled_from(
        ["", "", "namespace Shop\\Tills;\nuse stdClass, RuntimeException, LogicException, Error;"]
    )
    pages = st.sampled_from(["", "", "#!/usr/bin/env php\n", "<html>\n"])
    ends = st.sampled_from(["", "// end", "?>\n<p>end</p>\n", "?>"])
    return st.builds(build, bodies, namespaces, pages, st.sampled_from(["\n", "\n", "\r\n"]), ends)
