"""What bodies hold that nobody could write who sees the question alone, and comments that do not say what is done."""

import textwrap

import pytest

from alchemy_assets.generation.completions import NO_ANSWERS
from alchemy_assets.strategies.grounded import doc_comments, worth
from alchemy_assets.strategies.grounded.completion import Completion
from alchemy_assets.strategies.strategy import Rejected

KIND = Completion()
WORDS = '''
def words(text, longest):
    """Split a text into words of at most this many letters."""
    found = []
    for word in text.split():
        if len(word) <= longest:
            found.append(word)
    return found
'''
SWIFT = """
/// Returns the words of a text that are short enough.
func words(_ text: String, _ longest: Int) -> [String] {
    var found: [String] = []
    for word in text.split(separator: " ") {
        if word.count <= longest {
            found.append(String(word))
        }
    }
    return found
}
"""


@pytest.fixture
def reasons(curated):
    """Return the reasons for which the functions of a file are left out."""

    def judged(text, language="Python"):
        made = KIND.verify(list(KIND.next(curated(textwrap.dedent(text), language), NO_ANSWERS)), None)
        return [reason for one in made if isinstance(one, Rejected) for reason in one.reasons]

    return judged


def test_the_functions_that_are_changed_below_are_fine(reasons):
    """As they stand, both are asked for."""
    assert reasons(WORDS) == reasons(SWIFT, "Swift") == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("            found.append", "            print(word)\n            found.append", worth.UNTOLD),
        ("word in text.split()", "word in text.replace('%04x-%2d', '%8s|%3d').split()", worth.UNTOLD),
        ("if len(word) <= longest", "if len(word) <= longest['UP']", worth.UNTOLD),
        ("found = []", "found = ['alpha', 'beta1', 'gamma', 'delta']", worth.UNTOLD),
        (
            "Split a text into words of at most this many letters.",
            "Hash a text into longest words of few letters.",
            None,
        ),
        (
            "Split a text into words of at most this many letters.",
            "Borne away by a simple wind at night.",
            doc_comments.SAYS_TOO_LITTLE,
        ),
        (
            "Split a text into words of at most this many letters.",
            "A simple test of words and of longest texts.",
            doc_comments.SAYS_TOO_LITTLE,
        ),
    ],
    ids=["prints unannounced", "formats", "a key", "texts", "a hash that mixes nothing", "unrelated comment", "a test"],
)
def test_what_cannot_be_told_from_the_prompt(old, new, reason, reasons):
    """Printing that no comment announces, formats and texts, comments about something else: each has its reason."""
    assert old in WORDS
    assert reasons(WORDS.replace(old, new)) == ([] if reason is None else [reason])


def test_printing_that_is_announced_is_fine(reasons):
    """A comment that says that something is printed allows it."""
    text = WORDS.replace("Split a text", "Print a text split").replace("found.append(word)", "print(word)")
    assert reasons(text) == []


def test_a_hash_of_its_own_cannot_be_told(reasons):
    """A sum that is mixed by shifts could be any."""
    text = WORDS.replace("Split a text", "Hash a text").replace(
        "found.append(word)", "found.append(longest >> 3 ^ len(word))"
    )
    assert reasons(text) == [worth.UNTOLD]


def test_a_function_that_takes_and_gives_nothing_is_a_script(reasons):
    """What it does is up to it."""
    script = SWIFT.replace("(_ text: String, _ longest: Int) -> [String]", "()").replace("    return found\n", "")
    script = script.replace("text.split", '"1 2".split').replace("<= longest", "<= 1")
    assert reasons(script, "Swift") == [worth.ENTRY_OR_TEST]


def test_a_long_pattern_of_its_own_cannot_be_told(reasons):
    """A regular expression that stands nowhere else is too much to guess; a short one is not."""
    text = """
    /** Returns the words of a text that look like names. */
    function names(text) {
      const found = [];
      for (const word of text.split(" ")) {
        if (@.test(word)) {
          found.push(word);
        }
      }
      return found;
    }
    """
    assert reasons(text.replace("@", "/^[A-Z]/"), "JavaScript") == []
    assert reasons(text.replace("@", r"/^[A-Z](?:[a-z]+|\.)(?:-[A-Z][a-z]+)?$/"), "JavaScript") == [worth.UNTOLD]


@pytest.mark.parametrize(
    "comment",
    [
        "Ideally the words would come as a list, but texts are what callers have.",
        "Thanks to whoever wrote this for the words of texts.",
        "words was adapted from the words of another library.",
        "https://example.org/questions/12/split-a-text-into-words",
        "Worker function for the words of a text and the longest of them.",
    ],
    ids=["wish", "thanks", "origin", "address", "worker"],
)
def test_a_comment_that_does_not_say_what_is_done(comment, reasons):
    """Where a function comes from, or what its author would like, is no description."""
    text = WORDS.replace("Split a text into words of at most this many letters.", comment)
    assert reasons(text) == [doc_comments.SAYS_TOO_LITTLE]


def test_what_csharp_says_of_parameters_is_no_prose(reasons):
    """A comment of parameters alone says as little in C# as in other languages."""
    text = """
    class Words
    {
        /// <summary>@</summary>
        /// <param name="text">The text whose words are asked for.</param>
        /// <param name="longest">The most letters that a word may have.</param>
        public static List<string> Short(string text, int longest)
        {
            var found = new List<string>();
            foreach (var word in text.Split(' '))
            {
                if (word.Length <= longest)
                {
                    found.Add(word);
                }
            }
            return found;
        }
    }
    """
    assert reasons(text.replace("@", "Gives the short words of a text."), "CSharp") == []
    assert reasons(text.replace("@", "Short words."), "CSharp") == [doc_comments.SAYS_TOO_LITTLE]


def test_a_symbol_of_ruby_is_a_text(reasons):
    """A symbol that stands nowhere else cannot be told; a method that is handed on as one can."""
    text = """
    # Returns the words of a text that are short enough.
    def words(text, longest)
      found = text.split(" ").map(&:strip)
      found.each do |word|
        yield @word if word.length <= longest
      end
      found
    end
    """
    assert reasons(text.replace("@", ""), "Ruby") == []
    assert reasons(text.replace("@", ":noted, "), "Ruby") == [worth.UNTOLD]
