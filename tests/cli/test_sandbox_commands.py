"""The commands over the sandbox, on real programs."""

import json


def test_a_program_is_run_as_a_person_types_it(alchemy, tmp_path):
    """Arguments, standard input, output and exit code pass through, and the last line says what it cost."""
    (tmp_path / "main.py").write_text("import sys; print(sys.argv[1:], input()); sys.exit(7)")
    (tmp_path / "in.txt").write_text("line")
    said = alchemy("sandbox", "run", "main.py", "--stdin", "in.txt", "--", "a b", "--json")
    assert (said.code, said.out) == (7, "['a b', '--json'] line\n")
    assert said.err.startswith("finished, exit code 7 · ")
    assert said.err.rstrip().rpartition(" · ")[2].startswith("CPython 3.")


def test_the_whole_outcome_comes_as_json(alchemy, tmp_path):
    """--json prints every field; bytes that are no text are told apart from text."""
    (tmp_path / "main.sh").write_text("printf '\\377' > odd; cat data/d.txt; echo no >&2")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "d.txt").write_text("é")
    said = alchemy("sandbox", "run", "main.sh", "--json", "--with", "data", "--collect", "odd")
    outcome = json.loads(said.out)
    assert (outcome["status"], outcome["stdout"], outcome["stderr"]) == ("finished", "é", "no\n")
    assert outcome["files"] == {"odd": {"base64": "/w=="}}
    assert outcome["peak_memory_bytes"] > 0


def test_another_end_than_its_own_is_told(alchemy, tmp_path):
    """A program that meets a limit, and one that cannot be read, end with 1 and the reason."""
    (tmp_path / "loop.py").write_text("while True: pass")
    (tmp_path / "broken.py").write_text("print(1)\ndef f(:\n")
    slow = alchemy("sandbox", "run", "loop.py", "--cpu", "0.2")
    assert slow.code == 1
    assert slow.err.startswith("timed_out · used more than 0.2 CPU seconds")
    broken = alchemy("sandbox", "run", "broken.py")
    assert broken.code == 1
    assert 'broken.py", line 2' in broken.err
    assert "compile_error, exit code 1 · SyntaxError: " in broken.err
    assert broken.err.count("line 2") == 1


def test_a_file_of_no_known_language_asks_for_one(alchemy, tmp_path):
    """Where the name tells no language, the error says how to say it; then it runs."""
    (tmp_path / "program").write_text("echo well")
    assert "say --language, one of C, " in alchemy("sandbox", "run", "program").err
    assert alchemy("sandbox", "run", "program", "--language", "Shell").out == "well\n"
    assert (
        "there is no backend 'vm'" in alchemy("sandbox", "run", "program", "--language", "Shell", "--backend", "vm").err
    )
    assert "there are toolchains for C, CSharp, " in alchemy("sandbox", "run", "program", "--language", "python").err
    assert "has no folder usr" in alchemy("sandbox", "run", "program", "--language", "Shell", "--root", "home").err
    assert "does not exist" in alchemy("sandbox", "run", "program", "--language", "Shell", "--with", "nowhere").err
    assert "Markdown programs cannot be run" in alchemy("sandbox", "run", "program", "--language", "Markdown").err
