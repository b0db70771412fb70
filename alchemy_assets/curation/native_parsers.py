r"""Ask a language's own parser whether it takes a file: gofmt, PHP, Ruby, bash and node, where they are at hand.

Belongs here: running those parsers over many untrusted files at a time, and which version of each is at hand. Does not:
Python's own parser, which needs no other process, and what a refusal means for a file (both `syntax`).

A parser only reads, so nothing of a file is executed: no `BEGIN` block, no options of a `#!` line. It runs as a plain
process with limits and not in the sandbox: it sees what tree-sitter's grammars, also written in C, see in our own
process. It gets no input and nothing of our environment, may write no file, and has bounded CPU time and memory.
Where it crashes, hangs or runs out of memory it has not judged: the file that did it gets no answer, all others one.
"""

import contextlib
import functools
import logging
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType
from typing import NamedTuple

_log = logging.getLogger(__name__)

CPU_SECONDS = 10
_MEMORY_KIB = 2**20
_WALL_SECONDS = 600  # Against a parser that sleeps; what decides is CPU seconds.
_BATCH_FILES = 256
_BATCH_BYTES = 2**23
_LONGEST_MESSAGE = 200


class Judgement(NamedTuple):
    """What a parser said: whether it takes the file (null: no answer), and line (from 1) and words of its refusal."""

    accepted: bool | None = None
    line: int | None = None
    message: str = ""


NO_ANSWER = Judgement()

# Each command says of each file one of these lines first. The file stands in a folder whose name no text can guess.
_ANSWER = r"^{folder}/(\d+):(?: (ok|cannot tell)$|(?: line )?(\d+):(?:\d+:)?(?! *warning:)(.*)$)"

# `ruby -c` would load what a `#!` line asks for with -r. The parser's message names no line; the compiler's does. All
# text is UTF-8 by now, so a character that is wrong under the file's magic comment is our doing.
_RUBY = """
$VERBOSE = nil
$stdout.sync = true
ARGV.each do |path|
  text = File.read(path)
  begin
    RubyVM::AbstractSyntaxTree.parse(text)
    puts "#{path}: ok"
  rescue SyntaxError, ArgumentError => error
    begin
      RubyVM::InstructionSequence.compile(text, path)
    rescue SyntaxError, ArgumentError => error
    end
    said = error.message.lines.first.chomp
    said = "#{path}:0: #{said}" unless said.start_with?(path)
    puts said.include?("invalid multibyte") ? "#{path}: cannot tell" : said
  rescue NoMemoryError, SystemStackError
    puts "#{path}: cannot tell"
  end
end
"""

# Parses without compiling. What only `php -l` adds (a function declared twice, or taken away by this version) is no
# question of syntax, changes with the version (1 of 2,582 real files), and costs 20 times as much.
_PHP = r"""
foreach (array_slice($argv, 1) as $path) {
    try {
        @token_get_all(file_get_contents($path), TOKEN_PARSE);
        echo "$path: ok\n";
    } catch (CompileError $error) {
        echo "$path:{$error->getLine()}: ", strtok($error->getMessage(), "\n"), "\n";
    }
}
"""

# As a CommonJS module, then as an ECMAScript module, like `node --check`. Only the first kind says where it failed.
_NODE = r"""
const fs = require("node:fs"), vm = require("node:vm");
const names = ["exports", "require", "module", "__filename", "__dirname"];
const complaint = (parse) => { try { parse(); } catch (error) { return error; } };
for (const path of process.argv.slice(1)) {
  const text = fs.readFileSync(path, "utf8");
  const first = complaint(() => vm.compileFunction(text, names, { filename: path }));
  const second = first && complaint(() => new vm.SourceTextModule(text, { identifier: path }));
  if (!second) console.log(`${path}: ok`);
  else if (!(first instanceof SyntaxError && second instanceof SyntaxError)) console.log(`${path}: cannot tell`);
  else if (/import|export|await/.test(first.message)) console.log(`${path}:0: ${second.message}`);
  else console.log(`${first.stack.split("\n")[0]}: ${first.message}`);
}
"""

# A process a file: bash starts in a millisecond. Reading without executing, it misses a `shopt -s extglob`.
_BASH = r"""
for file do
  said=$("$0" -n "$file" 2>&1 || "$0" -O extglob -n "$file" 2>&1)
  code=$?
  if [ $code = 0 ]; then echo "$file: ok"
  elif [ $code -ge 128 ]; then echo "$file: cannot tell"
  else printf '%s\n%s:0: refused\n' "$said" "$file"
  fi
done
"""

# All at once, 2.5 times as fast as a process a file. Its -e only lists more errors of the same file. A crash also ends
# with 2, and shows its goroutines.
_GOFMT = r"""
said=$("$0" -l "$@" 2>&1 >/dev/null)
code=$?
case "$said" in *"goroutine "*) exit 1;; esac
[ $code = 0 ] || [ $code = 2 ] || exit 1
printf '%s\n' "$said"
for file do echo "$file: ok"; done
"""

_LIMITED = f"ulimit -c 0; ulimit -f 0; ulimit -t {CPU_SECONDS}; ulimit -d {_MEMORY_KIB}\n"


def _printed(executable: str) -> str:
    said = subprocess.run((executable, "--version"), capture_output=True, text=True, check=False, timeout=60).stdout
    found = re.search(r"\d+(?:\.\d+)+", said)
    return found[0] if found else ""


def _built_in(executable: str) -> str:
    """The version of Go that a program was built by: gofmt prints none, but the linker leaves a note."""
    program = Path(executable).read_bytes()
    note = program.find(b"\xff Go buildinf:") + 32
    return program[note + 1 : note + 1 + program[note]].decode(errors="replace").removeprefix("go")


@dataclass(frozen=True)
class _Parser:
    """A parser: how it is started (`script` is run by sh with the executable as $0), and a text that it must refuse."""

    executable: str
    bad: bytes
    arguments: tuple[str, ...] = ()
    script: str = 'exec "$0" "$@"'
    version: Callable[[str], str] = _printed


def _php_settings(*settings: str) -> tuple[str, ...]:
    return tuple(word for each in ("display_startup_errors=0", *settings) for word in ("-d", each))


_PARSERS: Mapping[str, _Parser] = MappingProxyType(
    {
        "Go": _Parser("gofmt", b"package\n", script=_GOFMT, version=_built_in),
        "JavaScript": _Parser("node", b"(\n", ("--no-warnings", "--experimental-vm-modules", "-e", _NODE)),
        "PHP": _Parser(
            "php",
            b"<?php (\n",
            # Without php.ini, so the tokenizer may have to be named; a short tag is text, as in php.ini-production.
            ("-n", *_php_settings("extension=tokenizer", "short_open_tag=0", "memory_limit=-1"), "-r", _PHP, "--"),
        ),
        "Ruby": _Parser("ruby", b"(\n", ("--disable=all", "-e", _RUBY)),
        "Shell": _Parser("bash", b"(\n", script=_BASH),
    }
)
_EMPTY: Mapping[str, bytes] = MappingProxyType({"Go": b"package p\n"})


@dataclass(frozen=True)
class _AtHand:
    path: str
    label: str


@functools.cache
def _find(language: str) -> _AtHand | None:
    """The parser of a language on this machine, if it is there and judges two tiny files as it should."""
    parser = _PARSERS.get(language)
    path = shutil.which(parser.executable) if parser is not None else None
    if parser is None or path is None:
        return None
    try:
        label = f"{parser.executable} {parser.version(path)}".rstrip()
        judged = _judge(parser, path, (_EMPTY.get(language, b""), parser.bad))
    except (OSError, subprocess.SubprocessError) as error:
        _log.warning("%s is not used to check %s files: %s", path, language, error)
        return None
    if [each.accepted for each in judged] != [True, False]:
        _log.warning("%s is not used to check %s files: it misjudged a file of two bytes", path, language)
        return None
    return _AtHand(path, label)


def at_hand(language: str) -> str | None:
    """Name and version of the language's own parser (`gofmt 1.19.8`), if there is one here that works."""
    found = _find(language)
    return found.label if found is not None else None


def parsers_at_hand() -> Mapping[str, str]:
    """All languages that have a parser of their own here, with its name and version."""
    return {language: label for language in _PARSERS if (label := at_hand(language)) is not None}


def judge(language: str, sources: Iterable[bytes]) -> list[Judgement]:
    """What the language's own parser says of each text (UTF-8); no answer where there is none at hand."""
    found = _find(language)
    if found is None:
        return [NO_ANSWER for _ in sources]
    return _judge(_PARSERS[language], found.path, sources)


def _judge(parser: _Parser, path: str, sources: Iterable[bytes]) -> list[Judgement]:
    command = ("sh", "-c", _LIMITED + parser.script, path, *parser.arguments)
    judged: list[Judgement] = []
    for batch in _batches(sources):
        with TemporaryDirectory(prefix="alchemy-") as folder:
            for number, source in enumerate(batch):
                Path(folder, str(number)).write_bytes(source)
            answers = _answers(command, folder, range(len(batch)))
        judged += [answers[number] for number in range(len(batch))]
    return judged


def _batches(sources: Iterable[bytes]) -> Iterator[list[bytes]]:
    batch: list[bytes] = []
    size = 0
    for source in sources:
        if batch and (len(batch) == _BATCH_FILES or size + len(source) > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(source)
        size += len(source)
    if batch:
        yield batch


def _answers(command: Sequence[str], folder: str, numbers: Sequence[int]) -> dict[int, Judgement]:
    """The answers on some files. Those that a broken run leaves open are asked about again, until each is alone.

    Limits hold for a process, however many files it reads: so a file's answer does not hang on its company.
    """
    answers = _read(_said(command, folder, numbers), folder)
    left = [number for number in numbers if number not in answers]
    if len(numbers) == 1:
        return answers or {numbers[0]: NO_ANSWER}
    # Most parsers read in order, so the first that is open broke the run.
    middle = (len(left) + 1) // 2
    for part in (left[:1], left[1:middle], left[middle:] if middle else []):
        if part:
            answers |= _answers(command, folder, part)
    return answers


def _read(said: str, folder: str) -> dict[int, Judgement]:
    answers: dict[int, Judgement] = {}
    for found in re.finditer(_ANSWER.format(folder=re.escape(folder)), said, re.MULTILINE):
        number, word, line, message = found.groups()
        if word is None:
            answer = Judgement(accepted=False, line=int(line) or None, message=message.strip()[:_LONGEST_MESSAGE])
        else:
            answer = Judgement(accepted=True) if word == "ok" else NO_ANSWER
        answers.setdefault(int(number), answer)
    return answers


def _said(command: Sequence[str], folder: str, numbers: Sequence[int]) -> str:
    """All that a run wrote until it ended, or was ended with everything it had started."""
    with subprocess.Popen(
        (*command, *(f"{folder}/{number}" for number in numbers)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "GOMAXPROCS": "1"},
        start_new_session=True,
    ) as run:
        try:
            written, _ = run.communicate(timeout=_WALL_SECONDS)
        except subprocess.TimeoutExpired:
            _end(run.pid)
            written, _ = run.communicate()
        except BaseException:
            _end(run.pid)
            raise
    return written.decode(errors="replace")


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(group, signal.SIGKILL)
