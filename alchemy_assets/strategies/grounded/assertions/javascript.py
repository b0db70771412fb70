"""Write tests of JavaScript and TypeScript functions by Node's own test runner, and record what calls give.

Belongs here: words and values of both languages. Does not: which calls there are.
"""

import json
import re
from collections.abc import Sequence
from functools import partial

from alchemy_assets.strategies.grounded.assertions.calls import Call
from alchemy_assets.strategies.grounded.assertions.suite import Calling, Case, Framework, Job, Subject
from alchemy_assets.strategies.grounded.assertions.titles import by_function, titles

LINE = 90
_IMPORTS = re.compile(r'^(?:const .+ = require\("\./.+"\);|import .+ from "\./.+";)$', re.MULTILINE)
_RECORD = """
function literal(value) {
  if (value === null || value === undefined || typeof value === "boolean") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : String(value);
  if (typeof value === "bigint") return `${value}n`;
  if (Array.isArray(value) && Object.keys(value).length === value.length) return `[${value.map(literal).join(", ")}]`;
  if (value instanceof Map) return `new Map([${[...value].map(literal).join(", ")}])`;
  if (value instanceof Set) return `new Set([${[...value].map(literal).join(", ")}])`;
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const known = Object.entries(value).map(([key, one]) => {
      if (key === "__proto__") throw new Error(key);
      return `${/^[A-Za-z_$][\\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${literal(one)}`;
    });
    return known.length ? `{ ${known.join(", ")} }` : "{}";
  }
  throw new Error("no literal");
}

function record(call) {
  let value;
  try {
    value = call();
  } catch (error) {
    return error instanceof Error ? { error: error.name, message: error.message } : {};
  }
  try {
    return { value: literal(value), float: typeof value === "number" };
  } catch {
    return {};
  }
}

for (const call of [
CALLS
]) {
  console.log(JSON.stringify(record(call)));
}
"""


def named(own: str, driven: str, text: str) -> str:
    """Its own name with the suffix that says which kind of module it is."""
    del text
    stem = own.partition(".")[0]
    return (
        f"{stem}.{driven.rpartition('.')[2]}" if re.fullmatch(r"[A-Za-z][\w-]*", stem) and stem != "record" else driven
    )


def _imports(subject: Subject) -> list[str]:
    """The lines that import what is called, as the driver has them, from the file by its name here."""
    name = subject.name.removesuffix(".ts")
    return [re.sub(r'"\./[^"]+"', f'"./{name}"', line) for line in _IMPORTS.findall(subject.driver)]


def recorder(subject: Subject, calls: Sequence[Call]) -> Job:
    """A program that prints what each call gives."""
    listed = "\n".join(f"  () => {call.text}," for call in calls)
    made = "\n".join([*_imports(subject), _RECORD.replace("CALLS", listed)])
    name = f"record.{subject.name.rpartition('.')[2]}"
    started = name if subject.language == "JavaScript" else "record.js"
    return Job(subject.language, lambda text: {subject.name: text, name: made}, name, f"node {started}\n")


def _wrapped(before: str, arguments: Sequence[str], indent: str) -> list[str]:
    line = f"{indent}{before}({', '.join(arguments)});"
    if len(line) <= LINE:
        return [line]
    return [f"{indent}{before}(", *(f"{indent}  {one}," for one in arguments), f"{indent});"]


def _checked(case: Case, indent: str) -> list[str]:
    said = case.call.text
    if case.error:
        shown = [f"name: {json.dumps(case.error)}", *([f"message: {json.dumps(case.message)}"] if case.message else [])]
        return _wrapped("assert.throws", [f"() => {said}", f"{{ {', '.join(shown)} }}"], indent)
    if case.tolerance:
        return _wrapped("assert.ok", [f"Math.abs({said} - {case.expected}) < 1e-9".replace("- -", "+ ")], indent)
    deep = case.expected[0] in "[{" or case.expected.startswith("new ")
    return _wrapped("assert.deepEqual" if deep else "assert.equal", [said, case.expected], indent)


def write(subject: Subject, cases: Sequence[Case], *, grouped: bool) -> tuple[str, str, Job]:
    """A test for each case, in a group for each function where that is asked for."""
    typed = subject.language == "TypeScript"
    module = typed or subject.name.endswith(".mjs")
    wanted = "{ describe, it }" if grouped else "{ test }"
    if module:
        head = [f'import {wanted} from "node:test";', 'import assert from "node:assert/strict";']
    else:
        head = [f'const {wanted} = require("node:test");', 'const assert = require("node:assert/strict");']
    used = {case.call.owner or case.call.function for case in cases}
    parts = [*head, "", *(_only(line, used) for line in _imports(subject))]
    for function, own in by_function(cases).items():
        titled = [" ".join(words) for words in titles(own)]
        parts.append("")
        if grouped:
            parts.append(f"describe({json.dumps(function)}, () => {{")
            for number, (case, title) in enumerate(zip(own, titled, strict=True)):
                parts += [
                    *([""] if number else []),
                    f"  it({json.dumps(title, ensure_ascii=False)}, () => {{",
                    *_checked(case, "    "),
                    "  });",
                ]
            parts.append("});")
            continue
        for number, (case, title) in enumerate(zip(own, titled, strict=True)):
            shown = json.dumps(f"{function} {title}", ensure_ascii=False)
            parts += [*([""] if number else []), f"test({shown}, () => {{", *_checked(case, "  "), "});"]
    suffix = subject.name.rpartition(".")[2]
    name = f"{subject.stem}.test.{suffix}"
    text = "\n".join([*parts, ""])
    started = f"{subject.stem}.test.js" if typed else name
    entry = name if typed else subject.name
    return (
        name,
        text,
        Job(subject.language, lambda source: {subject.name: source, name: text}, entry, f"node {started}\n"),
    )


def _only(line: str, used: set[str]) -> str:
    """An import of what is used alone."""
    match = re.search(r"\{ (.+) \}", line)
    if match is None:
        return line
    kept = [name for name in match[1].split(", ") if name.split(".")[0] in {one.split(".")[0] for one in used}]
    return line.replace(match[0], f"{{ {', '.join(kept or match[1].split(', '))} }}")


def _command(subject: Subject) -> str:
    suffix = subject.name.rpartition(".")[2]
    if subject.language != "TypeScript":
        return f"node --test {subject.stem}.test.{suffix}"
    made = f"{subject.stem}.test.js"
    return f"esbuild {subject.stem}.test.ts --bundle --platform=node --outfile={made} && node --test {made}"


FRAMEWORKS = (
    Framework("`node:test`", _command, partial(write, grouped=False)),
    Framework("`node:test` (`describe` and `it`)", _command, partial(write, grouped=True)),
)
CALLING = Calling(named, recorder, FRAMEWORKS)
