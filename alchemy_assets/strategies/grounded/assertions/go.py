"""Write tests of Go functions by the package `testing`, and record what calls give.

Belongs here: words and values of Go. Does not: which calls there are.
The sandbox has no `go test`, which builds a main function beside the package that hands the tests to `testing`; so does
the job here. A file of `package main` has its own main renamed for that.
"""

import json
import re
from collections.abc import Mapping, Sequence

from alchemy_assets.strategies.grounded.assertions.calls import Call
from alchemy_assets.strategies.grounded.assertions.suite import Calling, Case, Framework, Job, Subject
from alchemy_assets.strategies.grounded.assertions.titles import by_function, camel, titles

MODULE = "module calls\n\ngo 1.24\n"
NIL = "nil"
LONG = 25
_MAIN = re.compile(r"^func main\(\)", re.MULTILINE)
_RECORD = """\
package main

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"sort"
	"strconv"
	"strings"
IMPORT
)

func literalOf(value reflect.Value, inside bool) string {
	if !value.IsValid() {
		return "nil"
	}
	kind := value.Type().String()
	switch value.Kind() {
	case reflect.Bool:
		return strconv.FormatBool(value.Bool())
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return strconv.FormatInt(value.Int(), 10)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return strconv.FormatUint(value.Uint(), 10)
	case reflect.Float32, reflect.Float64:
		if math.IsNaN(value.Float()) || math.IsInf(value.Float(), 0) {
			panic("no literal")
		}
		return strconv.FormatFloat(value.Float(), 'g', -1, 64)
	case reflect.String:
		return strconv.Quote(value.String())
	case reflect.Slice, reflect.Array:
		if strings.Contains(kind, ".") {
			panic("no literal")
		}
		if value.Kind() == reflect.Slice && value.IsNil() {
			return kind + "(nil)"
		}
		parts := []string{}
		for at := 0; at < value.Len(); at++ {
			parts = append(parts, literalOf(value.Index(at), true))
		}
		if inside {
			return "{" + strings.Join(parts, ", ") + "}"
		}
		return kind + "{" + strings.Join(parts, ", ") + "}"
	case reflect.Map:
		if strings.Contains(kind, ".") || value.IsNil() {
			panic("no literal")
		}
		parts := []string{}
		for _, key := range value.MapKeys() {
			parts = append(parts, literalOf(key, true)+": "+literalOf(value.MapIndex(key), true))
		}
		sort.Strings(parts)
		if inside {
			return "{" + strings.Join(parts, ", ") + "}"
		}
		return kind + "{" + strings.Join(parts, ", ") + "}"
	}
	panic("no literal")
}

func valuesOf(values ...any) []any { return values }

func recordOf(call func() []any) map[string]any {
	said := map[string]any{}
	func() {
		defer func() {
			if recover() != nil {
				said = map[string]any{}
			}
		}()
		literals, kinds := []string{}, []string{}
		float := false
		for _, value := range call() {
			if problem, ok := value.(error); ok {
				literals, kinds = append(literals, strconv.Quote(problem.Error())), append(kinds, "error")
				continue
			}
			literals = append(literals, literalOf(reflect.ValueOf(value), false))
			kinds = append(kinds, fmt.Sprintf("%T", value))
			_, float = value.(float64)
		}
		of, _ := json.Marshal([][]string{literals, kinds})
		said = map[string]any{"value": strings.Join(literals, ", "), "of": string(of), "float": float && len(literals) == 1}
	}()
	return said
}

func main() {
	for _, call := range []func() []any{
CALLS
	} {
		line, _ := json.Marshal(recordOf(call))
		fmt.Println(string(line))
	}
}
"""


def package_of(text: str) -> str:
    """The package of a file."""
    match = re.search(r"^package\s+(\w+)", text, re.MULTILINE)
    return match[1] if match is not None else "main"


def named(own: str, driven: str, text: str) -> str:
    """Its own name, in the folder of its package."""
    del text
    usable = (
        re.fullmatch(r"[a-z]\w*\.go", own) and not own.endswith("_test.go") and not re.search(r"_[a-z0-9]+\.go$", own)
    )
    usable = usable and own not in {"main.go", "record.go", "checks.go"}
    folder = driven.rpartition("/")[0]
    return driven if not usable else f"{folder}/{own}" if folder else own


def _source(subject: Subject, text: str) -> dict[str, str]:
    return {subject.name: _MAIN.sub("func programMain()", text), "go.mod": MODULE}


def recorder(subject: Subject, calls: Sequence[Call]) -> Job:
    """A program that prints what each call gives."""
    package = package_of(subject.text)
    listed = "\n".join(f"\t\tfunc() []any {{ return valuesOf({call.text}) }}," for call in calls)
    made = _RECORD.replace("CALLS", listed).replace("IMPORT", "" if package == "main" else f'\t"calls/{package}"')
    return Job("Go", lambda text: {**_source(subject, text), "record.go": made}, "record.go", "./main\n")


def _parts(case: Case) -> tuple[list[str], list[str]]:
    """The literals of the values that a call gives, and their types."""
    literals, kinds = json.loads(case.of)
    return literals, kinds


def _said(subject: Subject, case: Case) -> str:
    """The call inside of its package."""
    return case.call.text.removeprefix(f"{package_of(subject.text)}.")


def _differs(name: str, literal: str, kind: str) -> str:
    """The condition that a value is not the one that was recorded."""
    if kind in {"bool", "<nil>"}:
        return {"true": f"!{name}", "false": name, NIL: f"{name} != nil"}[literal]
    if kind == "error":
        return f"{name} == nil || {name}.Error() != {literal}"
    if kind.startswith(("[", "map")):
        return f"!reflect.DeepEqual({name}, {literal})"
    if re.search(r"\d\.\d{5,}|\de-?\d", literal) and kind.startswith("float"):
        return f"math.Abs({name}-{literal}) > 1e-9"
    return f"{name} != {literal}"


def _case(subject: Subject, case: Case, indent: str) -> list[str]:
    literals, kinds = _parts(case)
    said = _said(subject, case)
    if len(literals) == 1 and kinds[0].startswith(("[", "map")) and len(literals[0]) > LONG:
        return [
            f"{indent}got := {said}",
            f"{indent}want := {literals[0]}",
            f"{indent}if !reflect.DeepEqual(got, want) {{",
            f'{indent}\tt.Errorf("got %v, want %v", got, want)',
            f"{indent}}}",
        ]
    if len(literals) == 1:
        shown = literals[0].replace("%", "%%") if len(literals[0]) < 40 and "\\" not in literals[0] else ""  # noqa: PLR2004 -- fits on the line
        message = json.dumps(f"got %#v, want {shown}" if shown else "got %#v", ensure_ascii=False)
        return [
            f"{indent}if got := {said}; {_differs('got', literals[0], kinds[0])} {{",
            f"{indent}\tt.Errorf({message}, got)",
            f"{indent}}}",
        ]
    last = {"error": "err", "<nil>": "err", "bool": "ok"}.get(kinds[-1])
    names = ["got", "second", "third", "fourth", "fifth"][: len(literals)]
    if last:
        names[-1] = last
    lines = [f"{indent}{', '.join(names)} := {said}"]
    for name, literal, kind in zip(names, literals, kinds, strict=False):
        lines += [
            f"{indent}if {_differs(name, literal, kind)} {{",
            f'{indent}\tt.Errorf("{name} = %#v", {name})',
            f"{indent}}}",
        ]
    return lines


def testing(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A test function for each function, with a named part for each case; or one function for each case."""
    cases = [case for case in cases if case.of and len(_parts(case)[0]) <= 5]  # noqa: PLR2004 -- more have no names here
    parts: list[str] = []
    listed = []
    apart = subject.drawn("testing", 3) == 0
    for own in by_function(cases).values():
        name = camel([own[0].call.function])
        if apart:
            for case, words in zip(own, titles(own), strict=True):
                listed.append(f"Test{name}{camel(words)}")
                parts += ["", f"func {listed[-1]}(t *testing.T) {{", *_case(subject, case, "\t"), "}"]
            continue
        listed.append(f"Test{name}")
        parts += ["", f"func Test{name}(t *testing.T) {{"]
        for case, words in zip(own, titles(own), strict=True):
            parts += [f'\tt.Run("{" ".join(words)}", func(t *testing.T) {{', *_case(subject, case, "\t\t"), "\t})"]
        parts.append("}")
    body = "\n".join(parts)
    needed = sorted({"testing", *(name for name in ("math", "reflect") if f"{name}." in body)})
    imports = ['import "testing"'] if len(needed) == 1 else ["import (", *(f'\t"{name}"' for name in needed), ")"]
    text = "\n".join([f"package {package_of(subject.text)}", "", *imports, body, ""])
    folder = subject.name.rpartition("/")[0]
    name = f"{subject.stem}_test.go"
    return name, text, Job("Go", lambda source: _files(subject, source, text, folder, listed), "main.go", "./main\n")


def _files(subject: Subject, source: str, text: str, folder: str, listed: Sequence[str]) -> Mapping[str, str]:
    """The package with its tests, and the main function that `go test` would make."""
    package = package_of(source)
    place = "" if package == "main" else f"{package}."
    found = "\n".join(f'\t\t{{Name: "{name}", F: {place}{name}}},' for name in listed)
    imports = '\t"testing"\n' if package == "main" else f'\t"testing"\n\n\t"calls/{package}"\n'
    main = (
        f"package main\n\nimport (\n{imports})\n\nfunc main() {{\n"
        "\tall := func(string, string) (bool, error) { return true, nil }\n"
        f"\ttesting.Main(all, []testing.InternalTest{{\n{found}\n\t}}, nil, nil)\n}}\n"
    )
    checks = f"{folder}/checks.go" if folder else "checks.go"
    return {**_source(subject, source), checks: text, "main.go": main}


FRAMEWORKS = (Framework("Go's `testing` package", lambda _: "go test ./...", testing),)
CALLING = Calling(named, recorder, FRAMEWORKS)
