import ast
import inspect
import textwrap

import pytest

from alchemy_assets import syntax_tree
from alchemy_assets.curation.edits import Edit, edited
from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.languages import LANGUAGES
from alchemy_assets.strategies.grounded import doc_comments, worth
from alchemy_assets.strategies.grounded.completion import A_FILE, Completion
from alchemy_assets.strategies.strategy import Rejected, Verified

KIND = Completion()


@pytest.fixture
def judge(curated):
    """Return what becomes of every draft of a file."""
    return lambda text, language="Python", path="": KIND.verify(
        list(KIND.next(curated(text, language, path), NO_ANSWERS)), None
    )


def code(text: str) -> str:
    """The code of a question or an answer."""
    return text.split("```")[1].split("\n", 1)[1].rstrip("\n")


def the_one(judged) -> Verified:
    """The only sample of a file; what was rejected is shown where there is none."""
    held = [one for one in judged if isinstance(one, Verified)]
    assert len(held) == 1, [(one.reasons, one.detail) for one in judged if isinstance(one, Rejected)]
    return held[0]


# One real little file a language: the file, with `@@` around the lines of the answer, and what its question must show.
FILES = {
    "C": (
        """
        #include <stdio.h>

        #define LIMIT 10

        @@/* Adds the numbers of an array that are below the limit. */
        static int sum_small(const int *numbers, int count)
        {
            int sum = 0;
            for (int i = 0; i < count; i++) {
                if (numbers[i] < LIMIT) {
                    sum += numbers[i];
                }
            }
            return sum;
        }@@

        int main(void)
        {
            return 0;
        }
        """,
        "#define LIMIT 10",
    ),
    "Cpp": (
        """
        #include <vector>

        namespace shapes {

        class Polygon {
         public:
          @@/// Returns how many sides are longer than a given length.
          int longer_than(double length) const {
            int count = 0;
            for (const double side : sides_) {
              if (side > length) {
                ++count;
              }
            }
            return count;
          }@@

         private:
          std::vector<double> sides_;
        };

        }  // namespace shapes
        """,
        "std::vector<double> sides_;",
    ),
    "CSharp": (
        """
        using System;
        using System.Collections.Generic;

        namespace Tools
        {
            public class Ledger
            {
                private readonly List<int> entries = new List<int>();

                @@/// <summary>Returns the largest entry that does not exceed a bound.</summary>
                public int LargestUpTo(int bound)
                {
                    int best = 0;
                    foreach (int entry in entries)
                    {
                        if (entry <= bound)
                        {
                            best = Math.Max(best, entry);
                        }
                    }
                    return best;
                }@@
            }
        }
        """,
        "private readonly List<int> entries",
    ),
    "Go": (
        """
        package words

        import "strings"

        @@// Longest returns the longest word of a text, the first of them where there are several.
        func Longest(text string) string {
        \tlongest := ""
        \tfor _, word := range strings.Fields(text) {
        \t\tif len(word) > len(longest) {
        \t\t\tlongest = word
        \t\t}
        \t}
        \treturn longest
        }@@

        func other() int {
        \treturn 1
        }
        """,
        'import "strings"',
    ),
    "Java": (
        """
        package tools;

        import java.util.List;

        public class Median {
            private final List<Integer> sorted;

            public Median(List<Integer> sorted) {
                this.sorted = sorted;
            }

            @@/** Returns the middle number, or the mean of the middle two. */
            public double value() {
                int half = sorted.size() / 2;
                if (sorted.size() % 2 == 1) {
                    return sorted.get(half);
                }
                return (sorted.get(half - 1) + sorted.get(half)) / 2.0;
            }@@
        }
        """,
        "private final List<Integer> sorted;",
    ),
    "JavaScript": (
        """
        const LIMIT = 3;

        @@/** Cuts a list into pieces of at most LIMIT entries. */
        export const pieces = (list) => {
          const found = [];
          for (let at = 0; at < list.length; at += LIMIT) {
            found.push(list.slice(at, at + LIMIT));
          }
          return found;
        };@@
        """,
        "const LIMIT = 3;",
    ),
    "PHP": (
        """
        <?php

        namespace Tools;

        class Basket
        {
            private array $prices = [];

            @@/**
             * Adds up the prices and takes a discount off from the tenth article on.
             */
            public function total(float $discount): float
            {
                $sum = array_sum($this->prices);
                if (count($this->prices) >= 10) {
                    $sum -= $sum * $discount;
                }
                return $sum;
            }@@
        }
        """,
        "private array $prices = [];",
    ),
    "Python": (
        '''
        import re

        WORD = re.compile(r"[a-z]+")


        class Index:
            def __init__(self):
                self.places = {}

            @@def add(self, number, line):
                """Note every word of a line under its number, each word once a line."""
                for word in set(WORD.findall(line.lower())):
                    self.places.setdefault(word, []).append(number)
                if not line:
                    self.places.clear()@@
        ''',
        "self.places = {}",
    ),
    "Ruby": (
        """
        module Tools
          VOWELS = "aeiou"

          @@# Counts the vowels of a word without regard to case.
          def self.vowels(word)
            count = 0
            word.downcase.each_char do |char|
              count += 1 if VOWELS.include?(char)
            end
            count
          end@@
        end
        """,
        'VOWELS = "aeiou"',
    ),
    "Rust": (
        """
        use std::collections::HashMap;

        @@/// Counts how often each letter occurs in a text.
        #[must_use]
        pub fn letters(text: &str) -> HashMap<char, usize> {
            let mut counts = HashMap::new();
            for letter in text.chars() {
                if letter.is_alphabetic() {
                    *counts.entry(letter).or_insert(0) += 1;
                }
            }
            counts
        }@@
        """,
        "use std::collections::HashMap;",
    ),
    "Shell": (
        """
        #!/usr/bin/env bash
        limit=3

        @@# Print the arguments that are longer than the limit.
        long_words() {
          local word
          for word in "$@"; do
            if ((${#word} > limit)); then
              echo "$word"
            fi
          done
        }@@

        long_words "$@"
        """,
        "limit=3",
    ),
    "Swift": (
        """
        import Foundation

        struct Stack {
            private var entries: [Int] = []

            @@/// Removes entries from the top until one is below the bound.
            mutating func drop(from bound: Int) -> Int {
                var dropped = 0
                while let top = entries.last, top >= bound {
                    entries.removeLast()
                    dropped += 1
                }
                return dropped
            }@@
        }
        """,
        "private var entries: [Int] = []",
    ),
    "TypeScript": (
        """
        interface Row {
          name: string;
          size: number;
        }

        @@/** Finds the rows that are larger than all before them. */
        export function records(rows: Row[]): Row[] {
          const found: Row[] = [];
          let largest = -Infinity;
          for (const row of rows) {
            if (row.size > largest) {
              largest = row.size;
              found.push(row);
            }
          }
          return found;
        }@@
        """,
        "size: number;",
    ),
}


def test_every_language_with_functions_has_a_file_here():
    """All languages but Markdown and SQL are tested."""
    assert set(FILES) == set(LANGUAGES) - {"Markdown", "SQL"}


@pytest.mark.parametrize("language", FILES)
def test_the_answer_is_the_function_as_a_person_wrote_it(language, judge):
    """A documented function with resolvable names becomes one sample; its answer is the function, its lines moved left."""
    source, shown = FILES[language]
    before, function, after = textwrap.dedent(source).lstrip("\n").split("@@")
    indent = before.rsplit("\n", 1)[-1]
    sample = the_one(judge(before + function + after, language))
    assert code(sample.messages[1][1]) == textwrap.dedent(indent + function)
    question = code(sample.messages[0][1])
    assert shown in question
    decision = next(line for line in function.split("\n") if line.strip().startswith(("for", "while", "if", "word.")))
    assert decision not in question
    assert sample.verified == {"parsed": True, "answer_is_source": True}


@pytest.mark.parametrize("language", FILES)
def test_the_recorded_edits_give_the_text_that_the_question_shows(language, judge):
    """Redoing the edits on the file gives the seed text, and the question holds it."""
    text = textwrap.dedent(FILES[language][0]).lstrip("\n").replace("@@", "")
    draft = the_one(judge(text, language)).draft
    assert edited(text, [Edit(**edit) for edit in draft.edits]) == draft.seed_text
    assert draft.seed_text.strip("\n") in draft.messages[0][1]


DOCUMENTED = '''
def spread(numbers):
    """Return the largest difference between two of the numbers."""
    smallest = min(numbers)
    largest = max(numbers)
    if not numbers:
        return 0
    return largest - smallest
'''


def replaced(old: str, new: str) -> str:
    """The documented function with one thing different."""
    assert old in DOCUMENTED
    return DOCUMENTED.replace(old, new)


DOC = '"""Return the largest difference between two of the numbers."""'


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (replaced(DOC, ""), worth.NO_FUNCTION),
        (replaced(DOC, '"""Spread."""'), doc_comments.SAYS_TOO_LITTLE),
        (replaced(DOC, '"""Copyright 2020 of the authors, all rights reserved here."""'), doc_comments.NO_DOC),
        (
            replaced(DOC, '"""Return the largest difference. TODO: make it work for strings."""'),
            doc_comments.UNFINISHED,
        ),
        (replaced(DOC, '"""Note that the numbers must not be empty at all."""'), doc_comments.SAYS_TOO_LITTLE),
        (replaced("max(numbers)", "upper_bound(numbers)"), worth.UNRESOLVED),
        (replaced("max(numbers)", "numbers.greatest_of_all()"), worth.UNRESOLVED),
        (
            replaced("    if not numbers:\n        return 0\n", "").replace("    largest = max(numbers)\n", ""),
            worth.TRIVIAL,
        ),
        (replaced("        return 0", '        raise NotImplementedError("later")'), doc_comments.UNFINISHED),
        (replaced("        return 0", '        return "/etc/spread/defaults.conf"'), worth.UNTOLD),
        (replaced("not numbers", "numbers == 'infinite'"), worth.UNTOLD),
        (replaced("not numbers", "numbers == 'OR'"), worth.UNTOLD),
        (replaced("return 0", "return 'nothing'"), worth.UNTOLD),
        (replaced("return 0", "return 'None'"), worth.UNTOLD),
        (replaced("return 0", "smallest = smallest.strip('!?-+')"), worth.UNTOLD),
        (replaced("return largest - smallest", "return {'lowest': smallest, 'largest': largest}"), worth.UNTOLD),
        (replaced("max(numbers)", "{'lowest': smallest, 'top': max(numbers)}"), worth.UNTOLD),
        (
            replaced("    if not numbers:\n", "    if not numbers:\n        smallest += 1\n" * 9),
            doc_comments.SAYS_TOO_LITTLE,
        ),
        (replaced("return 0", "return 547"), worth.UNTOLD),
        (replaced("return 0", "smallest = smallest.strip('lower' + 'upper')"), worth.UNTOLD),
        (replaced("return 0", "smallest = '%03d' % smallest"), worth.UNTOLD),
        (replaced("(numbers):", "(numbers, two):"), worth.UNTOLD),
        (replaced("return 0", "smallest = str(smallest) + 'cm'"), worth.UNTOLD),
        (replaced("return 0", "smallest = str(smallest) + '#' + str(largest)"), worth.UNTOLD),
        (replaced("return 0", "smallest = f'{smallest}#{largest}'"), worth.UNTOLD),
        (replaced("not numbers", "len(numbers) > 37"), worth.UNTOLD),
        (replaced("return 0", "return 0, smallest").replace("between two", "of some"), worth.UNTOLD),
        (replaced("return 0", "smallest *= 0.85"), worth.UNTOLD),
        (replaced("return 0", "# smallest = max(numbers, 1);\n        return 0"), doc_comments.UNFINISHED),
        (
            replaced("    if not numbers:\n        return 0\n", "    smallest += 1\n" * 9),
            doc_comments.SAYS_TOO_LITTLE,
        ),
        (
            replaced(DOC, '"""Return the largest of differences."""').replace(
                "return 0", "return smallest\n    largest += 1"
            ),
            doc_comments.SAYS_TOO_LITTLE,
        ),
        (
            replaced(DOC, '"""Largest spread test. Of the numbers in any order, as they come."""'),
            doc_comments.SAYS_TOO_LITTLE,
        ),
        (
            replaced(DOC, '"""Spread.\n\n    @param numbers some of\n        the numbers that are looked at\n    """'),
            doc_comments.SAYS_TOO_LITTLE,
        ),
        (replaced("def spread", "def test_spread"), worth.ENTRY_OR_TEST),
        (replaced("    if not numbers:\n", "    if not numbers:\n        smallest += 1\n" * 25), worth.TOO_LONG),
    ],
)
def test_a_function_that_is_not_worth_asking_for_is_rejected_with_its_reason(text, reason, judge):
    """No comment, an empty one, names from nowhere, a trivial or unguessable body: each has its reason."""
    assert [one.reasons for one in judge(text)] == [(reason,)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("not numbers", "type(numbers) == 'string'"),
        ("return largest - smallest", "return {'numbers': smallest, 'largest': largest}"),
        ("return 0", "raise ValueError('no numbers at all')"),
        ("return 0", "return 1000"),
        ("return 0", "return 0, smallest"),
        ("not numbers", "len(numbers) > 10"),
        ("return 0", "smallest = str(smallest) + ', ' + str(largest)"),
        ("return 0", "smallest *= 0.5"),
        ("return 0", "# Nothing is as far apart as that (see above).\n        return 0"),
        ("(numbers):", "(numbers, spare):"),
    ],
)
def test_texts_that_anybody_would_write_are_no_reason(old, new, judge):
    """Names of types, keys that the prompt shows, and messages of errors need not be told."""
    assert isinstance(judge(replaced(old, new))[0], Verified)


@pytest.mark.parametrize(("limit", "taken"), [("exports.LIMITS[name]", False), ("name", True)])
def test_what_a_module_exports_must_be_shown(limit, taken, judge):
    """A name behind `exports.` is one of the file like others."""
    text = f"/** Return the limit of a name, or nothing where it has none. */\nfunction limitOf(name) {{\n  if (name) {{\n    return {limit};\n  }}\n  return null;\n}}\n"
    assert isinstance(judge(text, "JavaScript")[0], Verified) is taken


def test_the_documented_function_alone_is_taken(judge):
    """What the negative examples change is fine as it stands."""
    assert code(the_one(judge(DOCUMENTED)).messages[1][1]) == DOCUMENTED.strip("\n")


def test_a_field_that_no_other_method_sets_is_unknown(judge):
    """A method that uses a field of an unknown base class cannot be derived from the file."""
    text = "class Gauge(Base):\n" + textwrap.indent(
        DOCUMENTED.replace("(numbers):", "(self, numbers):", 1).replace("return 0", "return self.default"), "    "
    )
    assert judge(text)[0].reasons == (worth.UNRESOLVED,)
    assert judge(text)[0].detail == "spread: default"


@pytest.mark.parametrize(("field", "reasons"), [("frozen", [(worth.UNTOLD,)]), ("largest", [])])
def test_a_field_that_decides_is_named_by_the_comment(field, reasons, judge):
    """Why a method looks at a field that neither comment nor signature names is not to be known."""
    method = DOCUMENTED.replace("(numbers):", "(self, numbers):", 1).replace("not numbers", f"self.{field}")
    text = f"class Gauge:\n    def __init__(self):\n        self.{field} = 0\n" + textwrap.indent(method, "    ")
    assert [one.reasons for one in judge(text) if isinstance(one, Rejected)] == reasons


def test_fields_of_a_type_in_another_header_are_unknown(judge):
    """What a local `#include` declares is not in the question, so a body that uses it cannot be derived."""
    text = """
        #include "queue.h"

        /* Remove the number at the front of the queue and return it. */
        int take(queue *q)
        {
            int front = q->first_slot;
            if (q->used_slots > 0)
                q->used_slots--;
            return front;
        }
        """
    judged = judge(textwrap.dedent(text), "C")
    assert judged[0].reasons == (worth.UNRESOLVED,)
    assert judged[0].detail == "take: first_slot, used_slots"


def test_called_functions_are_shown_and_others_left_out(judge):
    """The question shows what the body calls, and marks where lines were left out."""
    text = (
        "def smallest_of(values):\n    return min(values)\n\n\ndef unused(values):\n    return list(values)\n\n"
        + replaced("min(numbers)", "smallest_of(numbers)")
    )
    question = code(the_one(judge(text)).messages[0][1])
    assert "def smallest_of(values):\n    return min(values)" in question
    assert "unused" not in question
    assert "\n# ...\n" in question


def test_a_long_body_of_a_called_function_is_left_out(judge):
    """Of a long function that is called, signature and comment are shown."""
    steps = "".join(f"    values = [value + {number} for value in values]\n" for number in range(12))
    text = f'def raised(values):\n    """Return the values, raised."""\n{steps}    return values\n\n' + replaced(
        "min(numbers)", "min(raised(numbers))"
    )
    question = code(the_one(judge(text)).messages[0][1])
    assert 'def raised(values):\n    """Return the values, raised."""\n    ...\n' in question
    ast.parse(question)


def test_at_most_three_functions_a_file_the_most_branching_ones(judge):
    """Of five good functions three are taken, always the same; the others have a reason."""
    plain = [DOCUMENTED.replace("spread", name) for name in ("a", "b", "c", "d")]
    branching = DOCUMENTED.replace("spread", "e").replace(
        "        return 0\n",
        "        return 0\n    for number in numbers:\n        if number:\n            largest += 1\n",
    )
    branching = branching.replace("the numbers.", "the numbers, and one more for each of them that is not zero.")
    judged = judge("\n".join([*plain, branching]))
    held = [one for one in judged if isinstance(one, Verified)]
    assert len(held) == A_FILE
    assert "def e(" in held[-1].messages[1][1]
    assert [one.reasons for one in judged if isinstance(one, Rejected)] == [(worth.ENOUGH,)] * 2


def test_a_fence_inside_of_the_code_gets_a_longer_one_around_it(judge):
    """A comment with a Markdown fence does not end the code block of question or answer."""
    text = replaced(
        DOC,
        '"""Return the largest difference between two of the numbers.\n\n    ```\n    spread([1, 4])\n    ```\n    """',
    )
    question, answer = (content for _, content in the_one(judge(text)).messages)
    assert answer.startswith("````python\n")
    assert answer.endswith("\n````")
    assert "````python\n" in question


def test_a_comment_that_stands_apart_is_not_the_functions(judge):
    """A `//` comment with a blank line below belongs to no function."""
    source = (
        textwrap.dedent(FILES["C"][0])
        .replace("@@", "")
        .replace("limit. */\n", "limit. */\n\n")
        .replace("/* Adds", "// Adds")
        .replace(" */", "")
    )
    assert judge(source, "C")[0].reasons == (worth.NO_FUNCTION,)


def test_a_string_over_several_lines_keeps_a_method_out(judge):
    """A method cannot be moved to the left where that would change a string in it."""
    method = DOCUMENTED.replace("(numbers):", "(self, numbers):", 1).replace("return 0", 'return """a\n        b"""')
    judged = judge("class Gauge:\n" + textwrap.indent(method, "    "))
    assert judged[0].reasons == (worth.LAYOUT,)


def test_markdown_and_sql_have_no_functions(curated):
    """Languages without functions give no drafts at all."""
    assert list(KIND.next(curated("# Title\n", "Markdown"), NO_ANSWERS)) == []
    assert list(KIND.next(curated("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$;", "SQL"), NO_ANSWERS)) == []


def test_reasons_come_from_the_closed_set(judge):
    """Whatever the standard library's modules are rejected for is a listed reason."""
    modules = (textwrap, ast, inspect)
    judged = [one for module in modules for one in judge(inspect.getsource(module))]
    assert {reason for one in judged if isinstance(one, Rejected) for reason in one.reasons} <= set(worth.REASONS)
    assert sum(isinstance(one, Verified) for one in judged) >= 6


def test_answers_of_real_modules_are_their_own_lines_and_parse(judge):
    """Every answer out of real modules parses alone, and its lines stand in the module."""
    for module in (textwrap, ast, inspect):
        source = inspect.getsource(module)
        lines = {line.strip() for line in source.split("\n")}
        for one in judge(source):
            if isinstance(one, Verified):
                answer = code(one.messages[1][1])
                ast.parse(answer)
                assert {line.strip() for line in answer.split("\n")} <= lines
                assert not syntax_tree.errors(syntax_tree.parse("Python", code(one.messages[0][1]).encode()))
