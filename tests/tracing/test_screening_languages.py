"""Which files of the twelve languages with a table are programs that can be run and foreseen."""

import pytest

from alchemy_assets.languages import LANGUAGES
from alchemy_assets.tracing.reasons import Reason
from alchemy_assets.tracing.screening.registry import SCREEN
from tests.tracing.input_programs import PROGRAMS

GO = 'package main\nimport "fmt"\n'
JAVA = "public class A {{ public static void main(String[] args) {{ {} }} }}\n"
LIBRARIES = {
    "C": "int twice(int x) { return 2 * x; }\n",
    "Cpp": "#include <vector>\nint twice(int x) { return 2 * x; }\n",
    "CSharp": "class A { public int Twice(int x) { return 2 * x; } }\n",
    "Go": "package lib\nfunc main() {}\n",
    "Java": "class A { int twice(int x) { return 2 * x; } }\n",
    "JavaScript": "function f() { console.log(1); }\nmodule.exports = { f };\n",
    "PHP": "<?php\nnamespace A;\nclass B { function f() { echo 1; } }\n",
    "Ruby": "require 'set'\nmodule A\n  attr_reader :x\n  def f\n    puts 1\n  end\nend\n",
    "Rust": "pub fn f() {}\nmod tests { fn main() {} }\n",
    "SQL": "CREATE TABLE t (x INTEGER);\n",
    "Swift": "struct A { func f() { print(1) } }\nlet x = 3\n",
    "TypeScript": "export const f = (x: number): void => { console.log(x); };\n",
}
CHANCE = {
    "C": "#include <stdlib.h>\nint main(void) { return rand() % 3; }\n",
    "Cpp": "#include <random>\nint main() { std::mt19937 g(std::random_device{}()); return g() % 2; }\n",
    "CSharp": "using System;\nConsole.WriteLine(new Random().Next());\n",
    "Go": 'package main\nimport (\n\t"fmt"\n\t"math/rand"\n)\nfunc main() { fmt.Println(rand.Int()) }\n',
    "Java": JAVA.format("System.out.println(Math.random());"),
    "JavaScript": "console.log(Math.random());\n",
    "PHP": "<?php echo mt_rand(1, 6);\n",
    "Ruby": "puts rand(6)\n",
    "Rust": 'use std::time::Instant;\nfn main() { println!("{:?}", Instant::now()); }\n',
    "SQL": "SELECT random();\n",
    "Swift": "print(Int.random(in: 1...6))\n",
    "TypeScript": "console.log(Math.random());\n",
}
# The same words, where they mean nothing: in comments, in strings, as names of the program's own.
HARMLESS = {
    "C": '/* rand() */\n#include <stdio.h>\nstatic int rand_next(void) { return 4; }\nint main(void) { puts("time()"); return rand_next(); }\n',
    "Cpp": '// std::thread\n#include <iostream>\nint time(int x) { return x; }\nint main() { std::cout << "rand()" << time(3); }\n',
    "CSharp": 'using System;\nusing System.Threading;\n// DateTime.Now\nConsole.WriteLine("new Random()");\n',
    "Go": GO + '// time.Now()\nfunc main() { fmt.Println("go func") }\n',
    "Java": JAVA.format('/* new Thread */ System.out.println("Math.random()");'),
    "JavaScript": "// Math.random()\nconst s = `Date.now()`;\nconsole.log(s, new Date(2024, 1, 29).getDate());\n",
    "PHP": "<?php\n// rand()\nfunction shuffle2($x) { return $x; }\necho 'time()', shuffle2(3);\n",
    "Ruby": "# rand\nstrand = 'Time.now'\nputs strand\n",
    "Rust": 'use std::collections::HashMap;\nfn main() { let mut m = HashMap::new(); m.insert(1, 2); /* thread::spawn */ println!("{}", m[&1]); }\n',
    "SQL": "-- random()\nSELECT 'CURRENT_DATE';\n",
    "Swift": 'let text = "Date()" // .random()\nprint(text)\n',
    "TypeScript": 'const text: string = "Math.random()"; // Date.now()\nconsole.log(text);\n',
}


def test_every_language_that_runs_has_a_screen():
    """No language that can be run goes unscreened."""
    assert set(SCREEN) == {name for name, language in LANGUAGES.items() if language.runs}


@pytest.mark.parametrize("language", sorted(LIBRARIES))
def test_files_without_a_main_are_libraries(language):
    """Definitions alone, a main elsewhere, and tables without rows do nothing."""
    dropped = SCREEN[language](LIBRARIES[language])
    assert dropped is not None
    assert dropped.reason is Reason.LIBRARY


@pytest.mark.parametrize("language", sorted(CHANCE))
def test_chance_and_the_clock_are_refused(language):
    """What differs from run to run is found, and the detail says what it was."""
    dropped = SCREEN[language](CHANCE[language])
    assert dropped is not None
    assert (dropped.reason, bool(dropped.detail)) == (Reason.NONDETERMINISTIC, True)


@pytest.mark.parametrize("language", sorted(HARMLESS))
def test_comments_strings_and_own_names_do_not_count(language):
    """The words of chance and clocks are harmless where nothing is called by them."""
    assert SCREEN[language](HARMLESS[language]) is None


@pytest.mark.parametrize("language", sorted(PROGRAMS))
def test_programs_that_read_and_print_pass(language):
    """Arguments and standard input are no reason against a program."""
    assert SCREEN[language](PROGRAMS[language]) is None


@pytest.mark.parametrize(
    ("language", "source", "reason", "detail"),
    [
        ("C", '#include "other.h"\nint main(void) { return 0; }\n', Reason.NEEDS_LIBRARY, "other.h"),
        ("C", '#include <stdio.h>\nint main(void) { int x; printf("%p", &x); }\n', Reason.NONDETERMINISTIC, "prints %p"),
        ("C", "#include <pthread.h>\nint main(void) { return 0; }\n", Reason.NONDETERMINISTIC, "imports pthread.h"),
        ("Cpp", "#include <unordered_map>\nint main() { std::unordered_map<int, int> m; for (auto& p : m) return p.first; }\n", Reason.UNLEARNABLE, "goes through m"),
        ("Cpp", "#include <Eigen/Core>\nint main() { auto m = Eigen::Matrix4d::Random(); return m(0, 0) > 0; }\n", Reason.UNLEARNABLE, "uses ::Random"),
        ("CSharp", "class A { ~A() { } static void Main() { new A(); } }\n", Reason.NONDETERMINISTIC, "uses ~A()"),
        ("CSharp", "class A { static void Main() { try { } catch (Exception e) { Log(e.ToString()); } } }\n", Reason.NONDETERMINISTIC, "uses catch (Exception e)"),
        ("CSharp", "using System;\nConsole.ReadKey();\n", Reason.NEEDS_LIBRARY, "uses Console.ReadKey"),
        ("Go", 'package main\nimport "crypto/md5"\nfunc main() { md5.New() }\n', Reason.UNLEARNABLE, "imports crypto/md5"),
        ("Go", 'package main\nimport "github.com/a/b"\nfunc main() { b.C() }\n', Reason.NEEDS_LIBRARY, "github.com/a/b"),
        ("Go", GO + "func main() { m := map[string]int{}; for k := range m { fmt.Println(k) } }\n", Reason.NONDETERMINISTIC, "goes through m"),
        ("Java", "import javax.swing.JFrame;\n" + JAVA.format(""), Reason.NEEDS_LIBRARY, "javax.swing.JFrame"),
        ("JavaScript", 'const x = require("./lib");\nconsole.log(x());\n', Reason.NEEDS_LIBRARY, "./lib"),
        ("JavaScript", "document.write(1);\nconsole.log(1);\n", Reason.NEEDS_LIBRARY, "a browser (document)"),
        ("JavaScript", 'console.log(require("crypto").createHash("md5"));\n', Reason.UNLEARNABLE, "imports crypto"),
        ("PHP", "<?php echo $_GET['x'];\n", Reason.NEEDS_LIBRARY, "a web server ($_GET)"),
        ("PHP", "<?php echo md5('x');\n", Reason.UNLEARNABLE, "uses md5"),
        ("PHP", "<?php foreach (get_loaded_extensions() as $one) echo $one;\n", Reason.NONDETERMINISTIC, "uses get_loaded_extensions"),
        ("Ruby", "require_relative 'lib'\nputs 1\n", Reason.NEEDS_LIBRARY, "lib"),
        ("Ruby", "puts `ls`\n", Reason.NONDETERMINISTIC, "uses `"),
        ("Rust", "use serde::Serialize;\nfn main() {}\n", Reason.NEEDS_LIBRARY, "serde"),
        ("Rust", 'use std::collections::HashMap;\nfn main() { let mut m = HashMap::new(); m.insert(1, 2); println!("{:?}", m); }\n', Reason.NONDETERMINISTIC, "goes through m"),
        ("C", 'int main(void) { printf("%" PRIxPTR, (uintptr_t) main); return 0; }\n', Reason.NONDETERMINISTIC, "uses PRIxPTR"),
        ("Rust", 'use std::collections::HashMap;\nfn main() { let m: HashMap<i32, i32> = HashMap::new(); for k in m.keys() { println!("{}", k); } }\n', Reason.NONDETERMINISTIC, "goes through m"),
        ("SQL", "SELECT date('now');\n", Reason.NONDETERMINISTIC, "prints now"),
        ("SQL", "CREATE TABLE t (id INT AUTO_INCREMENT);\nSELECT 1;\n", Reason.NEEDS_LIBRARY, "MySQL (AUTO_INCREMENT)"),
        ("Swift", "var a = C()\nif isKnownUniquelyReferenced(&a) { print(1) }\n", Reason.UNLEARNABLE, "uses isKnownUniquelyReferenced"),
        ("Swift", "import UIKit\nprint(1)\n", Reason.NEEDS_LIBRARY, "UIKit"),
        ("TypeScript", 'import { x } from "lodash";\nconsole.log(x);\n', Reason.NEEDS_LIBRARY, "lodash"),
    ],
)  # fmt: skip
def test_the_detail_says_what_stands_against_a_file(language, source, reason, detail):
    """Other files, foreign libraries, addresses, threads, hashing and containers without order each have their words."""
    dropped = SCREEN[language](source)
    assert dropped is not None
    assert (dropped.reason, dropped.detail[: len(detail)]) == (reason, detail)
