"""Write tests of PHP functions by PHPUnit, and record what calls give.

Belongs here: words and values of PHP. Does not: which calls there are.
"""

import re
from collections.abc import Sequence

from alchemy_assets.strategies.grounded.assertions.calls import Call
from alchemy_assets.strategies.grounded.assertions.suite import Calling, Case, Framework, Job, Subject
from alchemy_assets.strategies.grounded.assertions.titles import by_function, camel, titles

LINE = 100
_RECORD = """\
<?php
require __DIR__ . '/MODULE';

function literal_of($value): string
{
    if ($value === null || is_bool($value)) {
        return strtolower(var_export($value, true));
    }
    if (is_int($value) || (is_float($value) && is_finite($value))) {
        return var_export($value, true);
    }
    if (is_string($value)) {
        if (!mb_check_encoding($value, 'UTF-8')) {
            throw new Exception('bytes');
        }
        if (preg_match('/[\\x00-\\x1f\\x7f]/', $value)) {
            $escaped = addcslashes($value, "\\\\\\"$\\n\\r\\t\\v\\f");
            if (preg_match('/[\\x00-\\x1f\\x7f]/', $escaped)) {
                throw new Exception('control');
            }
            return '"' . $escaped . '"';
        }
        return "'" . preg_replace("/(['\\\\\\\\])/", '\\\\\\\\$1', $value) . "'";
    }
    if (is_array($value)) {
        $parts = [];
        foreach ($value as $key => $one) {
            $parts[] = (array_is_list($value) ? '' : literal_of($key) . ' => ') . literal_of($one);
        }
        return '[' . implode(', ', $parts) . ']';
    }
    throw new Exception('no literal');
}

function record_of(callable $call): array
{
    try {
        $value = $call();
    } catch (Throwable $error) {
        return ['error' => get_class($error), 'message' => $error->getMessage()];
    }
    try {
        return ['value' => literal_of($value), 'float' => is_float($value)];
    } catch (Throwable $error) {
        return [];
    }
}

CALLS
"""


def named(own: str, driven: str, text: str) -> str:
    """Its own name, where it is a plain one."""
    del text
    return own if re.fullmatch(r"[A-Za-z][\w-]*\.php", own) and own != "record.php" else driven


def recorder(subject: Subject, calls: Sequence[Call]) -> Job:
    """A program that prints what each call gives."""
    listed = "\n".join(
        f'echo json_encode(record_of(fn() => {call.text}), JSON_FORCE_OBJECT | JSON_UNESCAPED_SLASHES), "\\n";'
        for call in calls
    )
    made = _RECORD.replace("MODULE", subject.name).replace("CALLS", listed)
    return Job("PHP", lambda text: {subject.name: text, "record.php": made}, subject.name, "php record.php\n")


_CLASS = re.compile(r"\\((?:\w+\\)+(\w+))(?=::)|(?<=new )\\((?:\w+\\)+(\w+))(?=\()")


def _used(cases: Sequence[Case]) -> list[str]:
    """The classes of namespaces that calls name."""
    return sorted({match[1] or match[3] for case in cases for match in _CLASS.finditer(case.call.text)})


def _said(case: Case) -> str:
    """The call with classes by their own names."""
    return _CLASS.sub(lambda match: match[2] or match[4], case.call.text)


def _called(name: str, arguments: Sequence[str]) -> list[str]:
    line = f"        $this->{name}({', '.join(arguments)});"
    if len(line) <= LINE:
        return [line]
    return [
        f"        $this->{name}(",
        *(f"            {one}," for one in arguments[:-1]),
        f"            {arguments[-1]}",
        "        );",
    ]


def _checked(case: Case) -> list[str]:
    if case.error:
        lines = [f"        $this->expectException({case.error}::class);"]
        if case.message:
            quoted = "'" + re.sub(r"(['\\])", r"\\\1", case.message) + "'"
            lines.append(f"        $this->expectExceptionMessage({quoted});")
        return [*lines, f"        {_said(case)};"]
    if case.expected in {"true", "false", "null"}:
        return _called(f"assert{case.expected.capitalize()}", [_said(case)])
    if case.tolerance:
        return _called("assertEqualsWithDelta", [case.expected, _said(case), "1e-9"])
    return _called("assertSame", [case.expected, _said(case)])


def _name(subject: Subject) -> str:
    return f"{camel([subject.stem])}Test"


def phpunit(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A class with a method for each case."""
    parts = [
        "<?php",
        "",
        *sorted([*(f"use {name};" for name in _used(cases)), "use PHPUnit\\Framework\\TestCase;"], key=str.lower),
        "",
        f"require_once __DIR__ . '/{subject.name}';",
        "",
        f"final class {_name(subject)} extends TestCase",
        "{",
    ]
    first = True
    for own in by_function(cases).values():
        for case, words in zip(own, titles(own), strict=True):
            title = camel(["test", case.call.function, *words])
            parts += [
                *([] if first else [""]),
                f"    public function t{title[1:]}(): void",
                "    {",
                *_checked(case),
                "    }",
            ]
            first = False
    text, name = "\n".join([*parts, "}", ""]), f"{_name(subject)}.php"
    job = Job(
        "PHP",
        lambda source: {subject.name: source, name: text},
        subject.name,
        f"phpunit --do-not-cache-result {name}\n",
    )
    return name, text, job


CALLING = Calling(named, recorder, (Framework("PHPUnit", lambda subject: f"phpunit {_name(subject)}.php", phpunit),))
