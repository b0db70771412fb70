"""What of the file a question of the kind `completion` shows: all that the body needs of it."""

import textwrap

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies.grounded.completion import Completion
from alchemy_assets.strategies.strategy import Rejected, Verified

KIND = Completion()


@pytest.fixture
def shown(curated):
    """Return a function that gives the part of a file that the question about its only good function shows."""

    def excerpt(language: str, text: str) -> str:
        file = curated(textwrap.dedent(text).lstrip(), language)
        judged = KIND.verify(list(KIND.next(file, NO_ANSWERS)), None)
        held = [one for one in judged if isinstance(one, Verified)]
        assert len(held) == 1, [(one.reasons, one.detail) for one in judged if isinstance(one, Rejected)]
        return held[0].draft.seed_text

    return excerpt


# What the file is, and the lines that its question must show.
NEEDED = {
    "PHP: constants as arguments and in loops": (
        "PHP",
        """
        <?php
        const OPEN = 9 * 60;
        const CLOSE = 17 * 60;
        const BREAKS = [720, 900];

        /** List the stretches of the working day at which nobody is busy. */
        function freeTimes(array $busy): array
        {
            $free = [];
            $cursor = OPEN;
            foreach ($busy as [$from, $to]) {
                $free[] = [$cursor, min($from, CLOSE)];
                $cursor = max($cursor, $to);
            }
            foreach (BREAKS as $break) {
                $free[] = [$break, $break];
            }
            return $free;
        }
        """,
        ("const OPEN = 9 * 60;", "const CLOSE = 17 * 60;", "const BREAKS = [720, 900];"),
    ),
    "PHP: a variable of the file": (
        "PHP",
        """
        <?php
        $seen = 40;

        /** Count the words of a text, and remember how many there were. */
        function counted(array $words): int
        {
            global $seen;
            $found = count($words);
            if ($found > 0) {
                $seen = $seen + $found;
            }
            return $found;
        }
        """,
        ("$seen = 40;",),
    ),
    "Python: a value in a case": (
        "Python",
        '''
        import enum

        OPEN = 9
        CLOSE = 17


        class Light(enum.Enum):
            RED = "stop"
            GREEN = "go"


        def moved(start, light):
            """Move a start into the opening hours, unless the light is red."""
            match light:
                case Light.RED:
                    return start
            if start == 0:
                return OPEN
            return min(start, CLOSE)
        ''',
        ("OPEN = 9", "CLOSE = 17", '    RED = "stop"'),
    ),
    "Python: a variable of the file": (
        "Python",
        '''
        calls = 40


        def counted(words):
            """Count the words of a text, and remember how many there were."""
            global calls
            found = len(words)
            if found > 0:
                calls = found
            return found
        ''',
        ("calls = 40",),
    ),
    "Python: a variable, not the method of the same name": (
        "Python",
        '''
        limit = 40


        class Counter:
            """Counts."""

            def limit(self):
                return self.most

            def counted(self, words):
                """Count the words of a text, but not beyond the limit of the file."""
                found = len(words)
                if found > limit:
                    return limit
                return found
        ''',
        ("limit = 40",),
    ),
    "Rust: constants in patterns, macros and formats": (
        "Rust",
        """
        const OPEN: u32 = 9;
        const CLOSE: u32 = 17;
        const NOON: u32 = 12;
        const LAST: u32 = 24;

        /// Says whether a shop is open at an hour: "opens at {OPEN}, closes at {LAST:>3}" when it opens, "closes now" when
        /// it closes, else "wait for {}" with the later of the hour and noon; nothing above 99.
        fn state_at(hour: u32) -> String {
            if hour > 99 {
                return String::new();
            }
            match hour {
                OPEN => format!("opens at {OPEN}, closes at {LAST:>3}"),
                CLOSE => String::from("closes now"),
                _ => format!("wait for {}", hour.max(NOON)),
            }
        }
        """,
        ("const OPEN: u32 = 9;", "const CLOSE: u32 = 17;", "const NOON: u32 = 12;", "const LAST: u32 = 24;"),
    ),
    "Rust: a type that the language has as well, with methods of its own": (
        "Rust",
        """
        pub enum Error {
            Missing(String),
            Late { minutes: u32 },
        }

        impl Error {
            pub fn is_late(&self) -> bool {
                true
            }
        }

        /// Says how many minutes an error has cost; one that is missing costs the whole hour.
        pub fn cost_of(error: &Error) -> u32 {
            if error.is_late() {
                return 1;
            }
            match error {
                Error::Missing(_) => 60,
                Error::Late { minutes } => *minutes,
            }
        }
        """,
        ("    Late { minutes: u32 },", "pub fn is_late(&self) -> bool {"),
    ),
    "Rust: a field and a method of one name": (
        "Rust",
        """
        struct Tally {
            size: usize,
        }

        impl Tally {
            fn size(&self) -> usize {
                0
            }

            /// Adds a number of things to the tally, but never less than one.
            fn add(&mut self, count: usize) {
                if count > 1 {
                    self.size += count;
                }
                self.size = self.size.max(1);
            }
        }
        """,
        ("    size: usize,",),
    ),
    "Java: a field that is called like the package": (
        "Java",
        """
        package shop.graph;

        class Walk {
            static class Graph {
                int nodes() {
                    return 3;
                }
            }

            private final Graph graph = new Graph();

            /** Count the steps of a walk that sees every node of the graph twice. */
            int steps(int extra) {
                int found = graph.nodes();
                if (extra > found) {
                    return 0;
                }
                return found + found + extra;
            }
        }
        """,
        ("private final Graph graph = new Graph();", "int nodes() {"),
    ),
    "Java: a field and a method of one name, and a method of the same name as the one that calls it": (
        "Java",
        """
        class Tally {
            private int size = 40;

            int size() {
                return 0;
            }

            void add(int count, boolean often) {
                return;
            }

            /** Add a number of things to the tally, but never less than one. */
            void add(int count) {
                if (count > 1) {
                    add(count, true);
                }
                size++;
            }
        }
        """,
        ("private int size = 40;", "void add(int count, boolean often) {"),
    ),
    "PHP: a property and a method of one name": (
        "PHP",
        """
        <?php
        class Tally
        {
            private int $size = 40;

            public function size(): int
            {
                return 0;
            }

            /** Add a number of things to the tally, but never less than one. */
            public function add(int $count): void
            {
                if ($count > 1) {
                    $this->size = $this->size + $count;
                }
                $this->size = max($this->size, 1);
            }
        }
        """,
        ("private int $size = 40;",),
    ),
    "Ruby: a field and a method of one name": (
        "Ruby",
        """
        class Tally
          def initialize(size)
            @size = size * 2
          end

          def size
            0
          end

          # Add a number of things to the tally, but never less than one.
          def add(count)
            return @size if count.zero?

            count += 1 if count.negative?
            @size += [count, 1].max
          end
        end
        """,
        ("@size = size * 2",),
    ),
    "Swift: a property that a condition unwraps by its own name": (
        "Swift",
        """
        class Tally {
            var most: Int?

            /// Cuts a number of things to what the tally can hold at the most.
            func cut(count: Int) -> Int {
                if let most {
                    return min(count, most)
                }
                return max(count, 0)
            }
        }
        """,
        ("var most: Int?",),
    ),
    "Swift: a method that the file adds to a type of the language": (
        "Swift",
        """
        extension String {
            func halved() -> String {
                return String(prefix(count / 2))
            }
        }

        /// Shortens a text until it has at most ten characters left.
        func shortened(text: String) -> String {
            var rest = text
            while rest.count > 10 {
                rest = rest.halved()
            }
            if rest.isEmpty {
                return text.halved()
            }
            return rest
        }
        """,
        ("func halved() -> String {",),
    ),
    "Java: types in patterns, methods of types of the file": (
        "Java",
        """
        class Shapes {
            static final int SMALLEST = 3;
            static final int LARGEST = 30;

            record Circle(int radius) {}

            static class Process {
                boolean isTurned() {
                    return true;
                }
            }

            /** Give the size of a shape, cut to what can be drawn at all. */
            static int sizeOf(Object shape, Process process) {
                int size = switch (shape) {
                    case Circle circle -> Math.max(SMALLEST, 1);
                    default -> 0;
                };
                if (process.isTurned()) {
                    size = Math.min(size, LARGEST);
                }
                return size;
            }
        }
        """,
        ("SMALLEST = 3;", "LARGEST = 30;", "record Circle(int radius) {}", "boolean isTurned() {"),
    ),
    "C#: what a query reads": (
        "CSharp",
        """
        using System.Linq;

        class Prices
        {
            const int Lowest = 3;
            static readonly int[] Known = { 1, 2 };

            /// <summary>Keep the prices that are known and not too low.</summary>
            static int[] Kept(int[] prices)
            {
                if (prices.Length == 0)
                {
                    return prices;
                }
                var kept = from price in prices
                           join known in Known on price equals known
                           let lowest = Lowest
                           where price > lowest
                           select price;
                return kept.ToArray();
            }
        }
        """,
        ("Lowest = 3;", "Known = { 1, 2 };"),
    ),
    "Ruby: constants and variables of the file": (
        "Ruby",
        """
        OPEN = 9
        CLOSE = 17
        $calls = 40

        # Move a start into the opening hours, and count how often that was done.
        def moved(start)
          $calls += 1
          return OPEN if start.zero?

          [start, CLOSE].min
        end
        """,
        ("OPEN = 9", "CLOSE = 17", "$calls = 40"),
    ),
    "Shell: variables that a function sets, compares and indexes by, and functions that it hands on": (
        "Shell",
        """
        #!/bin/bash
        calls=40
        CLOSE=17
        FIRST=0

        dropped() { rm -f "$work"; }

        # Print the first of the hours given, as long as the shop is still open then.
        first_hour() {
            local hours=("$@")
            trap dropped EXIT
            calls=$((calls + 1))
            if [[ ${hours[FIRST]} -lt CLOSE ]]; then
                echo "${hours[FIRST]}"
            fi
        }
        """,
        ("calls=40", "CLOSE=17", "FIRST=0", "dropped() {"),
    ),
    "Swift: constants with a sign": (
        "Swift",
        """
        let first = 9
        let last = 17

        /// Moves a start into the opening hours, counted from noon on.
        func moved(start: Int) -> Int {
            if start == 0 {
                return -first
            }
            return min(start, -last)
        }
        """,
        ("let first = 9", "let last = 17"),
    ),
    "C: macros": (
        "C",
        """
        #define OPEN 9
        #define CLOSE 17
        #define NOON 12

        /* Moves a start into the opening hours of the shop. */
        static int moved(int start)
        {
            if (start == 0) {
                return OPEN;
            }
            return clamp(start, CLOSE);
        }

        static int clamp(int a, int b) { return a < b ? a : b; }
        """,
        ("#define OPEN 9", "#define CLOSE 17"),
    ),
    "C++: constants as arguments": (
        "Cpp",
        """
        #include <algorithm>

        constexpr int OPEN = 9;
        constexpr int CLOSE = 17;

        // Moves a start into the opening hours of the shop.
        int moved(int start) {
            if (start == 0) {
                return OPEN;
            }
            return std::min(start, CLOSE);
        }
        """,
        ("OPEN = 9;", "CLOSE = 17;"),
    ),
    "Go: a block of constants": (
        "Go",
        """
        package shop

        const (
            open  = 9
            Close = 17
        )

        // moved moves a start into the opening hours of the shop.
        func moved(start int) map[int]int {
            if start == 0 {
                return map[int]int{open: 1}
            }
            return map[int]int{start: min(start, Close)}
        }
        """,
        ("open  = 9", "Close = 17"),
    ),
    "TypeScript: constants as arguments, defaults and keys": (
        "TypeScript",
        """
        const OPEN = 9;
        const CLOSE = 17;
        export const NOON = 12;

        /** Move a start into the opening hours of the shop. */
        function moved(start: number): Record<number, number> {
            const { [NOON]: noon = OPEN } = { [start]: start };
            if (noon > start) {
                return { [noon]: start };
            }
            return { [start]: Math.min(start, CLOSE) };
        }
        """,
        ("const OPEN = 9;", "const CLOSE = 17;", "export const NOON = 12;"),
    ),
    "JavaScript: constants as arguments": (
        "JavaScript",
        """
        const OPEN = 9;
        const CLOSE = 17;

        /** Move a start into the opening hours of the shop. */
        function moved(start) {
            if (start === 0) {
                return { OPEN };
            }
            return Math.min(start, CLOSE);
        }
        """,
        ("const OPEN = 9;", "const CLOSE = 17;"),
    ),
}


@pytest.mark.parametrize("case", NEEDED)
def test_what_the_body_needs_of_the_file_is_shown(case, shown):
    """Every definition of the file that the body uses stands in the question, in whatever place it is used."""
    language, text, lines = NEEDED[case]
    excerpt = shown(language, text)
    assert [line for line in lines if line not in excerpt] == []


def test_a_word_that_only_looks_like_a_variable_shows_nothing(shown):
    """A word that a shell command prints is text, also where the file has a variable of that name."""
    excerpt = shown(
        "Shell",
        """
        hours=9

        # Print how many of the things given there are, with a word of what they are.
        counted() {
            local found=$#
            if ((found > 0)); then
                echo hours "$found"
            fi
            return 0
        }
        """,
    )
    assert "hours=9" not in excerpt


def test_a_name_that_a_case_binds_is_the_functions_own(shown):
    """`case other` binds a name, so what the file calls `other` is not needed."""
    excerpt = shown(
        "Python",
        '''
        other = 40


        def sized(words):
            """Return how many words there are, at most one."""
            match words:
                case []:
                    return 0
                case other:
                    return min(len(other), 1)
        ''',
    )
    assert "other = 40" not in excerpt


# A function that asks for a member of what the import binds.
IMPORTED = {
    "Python": (
        "from @ import Limits",
        '''
        def words(text: str, limits: Limits) -> list:
            """Split a text into words that keep to the limits."""
            found = []
            for word in text.split():
                if len(word) <= limits.longest_of_all:
                    found.append(word)
            return found
        ''',
        ("limits", ".limits"),
    ),
    "Java": (
        "package org.words.text;\nimport @.Limits;",
        """
        class Words {
            /** Splits a text into words that keep to the limits. */
            static List<String> words(String text, Limits limits) {
                List<String> found = new ArrayList<>();
                for (String word : text.split(" ")) {
                    if (word.length() <= limits.longestOfAll()) {
                        found.add(word);
                    }
                }
                return found;
            }
        }
        """,
        ("com.other", "org.words.text.limits"),
    ),
    "Rust": (
        "use @::Limits;",
        """
        /// Splits a text into words that keep to the limits.
        fn words(text: &str, limits: Limits) -> Vec<&str> {
            let mut found = Vec::new();
            for word in text.split(' ') {
                if word.len() <= limits.longest_of_all() {
                    found.push(word);
                }
            }
            found
        }
        """,
        ("std::limits", "crate::limits"),
    ),
    "PHP": (
        "<?php\nnamespace Words\\Text;\nuse @\\Limits;",
        """
        class Words {
            /** Splits a text into words that keep to the limits. */
            function words(string $text, Limits $limits): array {
                $found = [];
                foreach (explode(' ', $text) as $word) {
                    if (strlen($word) <= Limits::longestOfAll($limits)) {
                        $found[] = $word;
                    }
                }
                return $found;
            }
        }
        """,
        ("Other", "Words\\Limits"),
    ),
    "TypeScript": (
        'import { Limits } from "@";',
        """
        /** Splits a text into words that keep to the limits. */
        function words(text: string, limits: Limits): string[] {
            const found: string[] = [];
            for (const word of text.split(" ")) {
                if (word.length <= limits.longestOfAll()) {
                    found.push(word);
                }
            }
            return found;
        }
        """,
        ("limits", "./limits"),
    ),
}


@pytest.mark.parametrize("language", IMPORTED)
def test_nobody_knows_the_members_of_what_the_same_project_defines(language, curated):
    """A library's types may be known; those of a neighbouring file are not, unless their use is shown."""
    head, body, modules = IMPORTED[language]
    asked = []
    for module in modules:
        text = f"{head.replace('@', module)}\n{textwrap.dedent(body)}"
        judged = KIND.verify(list(KIND.next(curated(text, language), NO_ANSWERS)), None)
        asked.append([one for one in judged if isinstance(one, Verified)])
    assert [len(held) for held in asked] == [1, 0]


def test_a_word_of_a_comment_is_no_member(shown):
    """What a comment says in words shows no member; what it says as code does."""
    text = '''
    def finished(jobs: list) -> list:
        # @
        """List those of the jobs that are over by now."""
        over = []
        for job in jobs:
            if job.settled:
                over.append(job)
        return over
    '''
    assert "job.settled" not in shown("Python", text.replace("@", "see `settled`"))
    with pytest.raises(AssertionError):
        shown("Python", text.replace("@", "settled by then"))


def test_a_comment_of_ruby_goes_on_after_an_empty_line(shown):
    """A line with nothing but its mark is a part of the comment."""
    text = """
    # Splits a text into words.
    #
    # Returns those that are short enough.
    def words(text, longest)
      found = text.split(" ")
      found.each do |word|
        found.delete(word) if word.length > longest
      end
      found
    end
    """
    assert "# Splits a text into words." in shown("Ruby", text)


def test_a_method_may_be_that_of_another_class(shown):
    """Where two classes have a method of the same name, both are shown: nobody can tell which is meant."""
    text = """
    struct Part {
        words: Vec<String>,
    }

    impl Part {
        fn holds(&self, word: &str) -> bool {
            self.words.iter().any(|one| one == word)
        }
    }

    struct Whole {
        parts: Vec<Part>,
    }

    impl Whole {
        fn holds(&self, word: &str) -> bool {
            self.parts.len() > word.len()
        }

        /// Counts the parts that hold the given word.
        fn count(&self, word: &str) -> usize {
            let mut found = 0;
            for part in &self.parts {
                if part.holds(word) {
                    found += 1;
                }
            }
            found
        }
    }
    """
    assert "self.words.iter().any(|one| one == word)" in shown("Rust", text)


def test_a_method_of_the_same_name_without_a_body_is_shown(shown):
    """An overload that is only declared says what can be called."""
    text = """
    abstract class Words {
        abstract int count(String text, int longest);

        /**
         * Counts the words of a text that are short enough.
         */
        int count(String text) {
            if (text == null) {
                return 0;
            }
            return count(text, text.length());
        }
    }
    """
    assert "abstract int count(String text, int longest);" in shown("Java", text)


def test_what_go_imports_beside_internal_packages_is_of_the_same_project(curated):
    """Only a project itself may import what is internal to it: its other packages are known by that."""
    text = """
    package words

    import (
    \t"example.org/texts/limits"
    \t"example.org/@/letters"
    )

    // words splits a text into words that keep to the limits.
    func words(text string) []string {
    \tvar found []string
    \tfor _, word := range letters.Split(text) {
    \t\tif limits.Kept(word) {
    \t\t\tfound = append(found, word)
    \t\t}
    \t}
    \treturn found
    }
    """
    held = []
    for path in ("texts", "texts/internal"):
        file = curated(textwrap.dedent(text).lstrip().replace("@", path), "Go")
        judged = KIND.verify(list(KIND.next(file, NO_ANSWERS)), None)
        held.append(sum(isinstance(one, Verified) for one in judged))
    assert held == [1, 0]
