"""Write tests of Java methods by JUnit 5, and record what calls give.

Belongs here: words and values of Java. Does not: which calls there are.
"""

import re
from collections.abc import Sequence

from alchemy_assets.strategies.grounded.assertions.calls import Call
from alchemy_assets.strategies.grounded.assertions.suite import Calling, Case, Framework, Job, Subject
from alchemy_assets.strategies.grounded.assertions.titles import by_function, camel, lower_camel, titles

LINE = 100
_JARS = "/usr/share/java"
_NEEDED = (
    *("junit-jupiter-api", "junit-jupiter-engine", "junit-jupiter-params", "junit-platform-commons"),
    *("junit-platform-console", "junit-platform-engine", "junit-platform-launcher", "junit-platform-reporting"),
    *("opentest4j", "apiguardian-api", "picocli", "univocity-parsers"),
)
_RECORD = """\
PACKAGEimport java.util.*;
import java.util.concurrent.Callable;

final class Record_ {
    static String text(String value) {
        StringBuilder made = new StringBuilder("\\"");
        for (char one : value.toCharArray()) {
            switch (one) {
                case '"' -> made.append("\\\\\\"");
                case '\\\\' -> made.append("\\\\\\\\");
                case '\\n' -> made.append("\\\\n");
                case '\\t' -> made.append("\\\\t");
                case '\\r' -> made.append("\\\\r");
                default -> made.append(one < ' ' || one > '~' ? String.format("\\\\u%04x", (int) one) : String.valueOf(one));
            }
        }
        return made.append('"').toString();
    }

    static String literal(Object value) {
        if (value == null) return "null";
        if (value instanceof Integer || value instanceof Boolean) return value.toString();
        if (value instanceof Long) return value + "L";
        if (value instanceof Short) return "(short) " + value;
        if (value instanceof Byte) return "(byte) " + value;
        if (value instanceof String string) return text(string);
        if (value instanceof Character one && one > ' ' && one <= '~') {
            return one == '\\'' || one == '\\\\' ? "'\\\\" + one + "'" : "'" + one + "'";
        }
        if (value instanceof Double number && !number.isNaN() && !number.isInfinite()) return number.toString();
        if (value instanceof Float number && !number.isNaN() && !number.isInfinite()) return number + "f";
        if (value instanceof int[] all) return "new int[] {" + each(Arrays.stream(all).boxed().toList()) + "}";
        if (value instanceof long[] all) return "new long[] {" + each(Arrays.stream(all).boxed().toList()) + "}";
        if (value instanceof double[] all) return "new double[] {" + each(Arrays.stream(all).boxed().toList()) + "}";
        if (value instanceof String[] all) return "new String[] {" + each(Arrays.asList(all)) + "}";
        if (value instanceof List<?> all) return "List.of(" + each(all) + ")";
        if (value instanceof Set<?> all) return "Set.of(" + each(all) + ")";
        if (value instanceof Map<?, ?> all && all.size() <= 10) {
            List<String> parts = new ArrayList<>();
            all.forEach((key, one) -> parts.add(literal(key) + ", " + literal(one)));
            return "Map.of(" + String.join(", ", parts) + ")";
        }
        throw new IllegalArgumentException("no literal");
    }

    static String each(Collection<?> all) {
        List<String> parts = new ArrayList<>();
        for (Object one : all) {
            if (one == null) throw new IllegalArgumentException("no literal");
            parts.add(literal(one));
        }
        return String.join(", ", parts);
    }

    static void record(Callable<Object> call) {
        Object value;
        try {
            value = call.call();
        } catch (Throwable error) {
            String message = error.getMessage() == null ? "" : error.getMessage();
            System.out.println("{\\"error\\": " + text(error.getClass().getName()) + ", \\"message\\": " + text(message) + "}");
            return;
        }
        try {
            boolean number = value instanceof Double || value instanceof Float;
            System.out.println("{\\"value\\": " + text(literal(value)) + ", \\"float\\": " + number + "}");
        } catch (RuntimeException error) {
            System.out.println("{}");
        }
    }

    public static void main(String[] arguments) {
CALLS
    }
}
"""


def named(own: str, driven: str, text: str) -> str:
    """As Java wants it."""
    del own, text
    return driven


def _package(text: str) -> str:
    match = re.search(r"^\s*package\s+([\w.]+)\s*;", text, re.MULTILINE)
    return match[1] if match is not None else ""


def recorder(subject: Subject, calls: Sequence[Call]) -> Job:
    """A program that prints what each call gives."""
    package = _package(subject.text)
    listed = "\n".join(f"        record(() -> {call.inner});" for call in calls)
    made = _RECORD.replace("PACKAGE", f"package {package};\n\n" if package else "").replace("CALLS", listed)
    started = f"{package}.Record_" if package else "Record_"
    return Job("Java", lambda text: {subject.name: text, "Record_.java": made}, "Record_.java", f"java -ea {started}\n")


def _wrapped(name: str, arguments: Sequence[str], before: str = "") -> list[str]:
    line = f"        {before}{name}({', '.join(arguments)});"
    if len(line) <= LINE:
        return [line]
    return [
        f"        {before}{name}(",
        *(f"                {one}," for one in arguments[:-1]),
        f"                {arguments[-1]});",
    ]


def _said(case: Case) -> str:
    return re.sub(r"\bjava\.util\.(?=[A-Z]\w*)", "", case.call.inner)


def _checked(case: Case) -> list[str]:
    said = _said(case)
    if case.error:
        error = case.error.rpartition(".")[2]
        if not case.message:
            return _wrapped("assertThrows", [f"{error}.class", f"() -> {said}"])
        message = '"' + re.sub(r'(["\\])', r"\\\1", case.message) + '"'
        lines = _wrapped("assertThrows", [f"{error}.class", f"() -> {said}"], f"{error} error = ")
        return [*lines, f"        assertEquals({message}, error.getMessage());"]
    if case.expected in {"true", "false", "null"}:
        return _wrapped(f"assert{case.expected.capitalize()}", [said])
    if re.match(r"new \w+\[\]", case.expected):
        delta = ["1e-9"] if case.expected.startswith("new double") else []
        return _wrapped("assertArrayEquals", [case.expected, said, *delta])
    delta = ["1e-9"] if case.tolerance else []
    return _wrapped("assertEquals", [case.expected, said, *delta])


def junit(subject: Subject, cases: Sequence[Case]) -> tuple[str, str, Job]:
    """A class with a method for each case."""
    package = _package(subject.text)
    name = f"{camel([subject.stem])}Test"
    body: list[str] = []
    several = len(by_function(cases)) > 1
    for own in by_function(cases).values():
        for case, words in zip(own, titles(own), strict=True):
            title = lower_camel([*([case.call.function] if several or words[0] == "with" else []), *words])
            body += [*([""] if body else []), "    @Test", f"    void {title}() {{", *_checked(case), "    }"]
    text = "\n".join(body)
    used = sorted(set(re.findall(r"\b(assert[A-Z]\w*)\(", text)))
    classes = {"List", "Set", "Map", "ArrayList", "HashSet", "ArrayDeque", "TreeMap", "Arrays"}
    own_errors = sorted({case.error for case in cases if case.error.startswith("java.util.")})
    collections = sorted({*(f"java.util.{one}" for one in classes if re.search(rf"\b{one}\b[.<(]", text)), *own_errors})
    head = [
        *([f"package {package};", ""] if package else []),
        *(f"import static org.junit.jupiter.api.Assertions.{one};" for one in used),
        "",
        *(f"import {one};" for one in collections),
        "import org.junit.jupiter.api.Test;",
        "",
        f"class {name} {{",
    ]
    whole = "\n".join([*head, text, "}", ""])
    started = f"{package}.{name}" if package else name
    path = ":".join(f"{_JARS}/{one}.jar" for one in _NEEDED)
    launched = f"org.junit.platform.console.ConsoleLauncher --disable-banner -c {started}"
    script = f"java -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -ea -cp .:{path} {launched}\n"
    job = Job("Java", lambda source: {subject.name: source, f"{name}.java": whole}, subject.name, script)
    return f"{name}.java", whole, job


def _command(subject: Subject) -> str:
    package = _package(subject.text)
    name = f"{camel([subject.stem])}Test"
    return f"java -jar junit-platform-console-standalone.jar -cp . -c {f'{package}.' if package else ''}{name}"


CALLING = Calling(named, recorder, (Framework("JUnit 5", _command, junit),))
