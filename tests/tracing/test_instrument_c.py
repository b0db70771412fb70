"""What the instrumenters of C and C++ promise: only insertions, the same behaviour, events that follow from the source."""

import asyncio
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program, Status
from alchemy_assets.tracing.events import format_event, read_events, without_events
from alchemy_assets.tracing.instrument.c import instrumenter as c
from alchemy_assets.tracing.instrument.cpp import instrumenter as cpp
from alchemy_assets.tracing.instrument.found import LIMIT_MARK
from alchemy_assets.tracing.instrument.points import Instrumented, choose, insert
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.generated_c import c_programs, cpp_programs

MODULES = {"C": c, "Cpp": cpp}
ENTRIES = {"C": "source.c", "Cpp": "source.cpp"}
PROGRAMS = {"C": c_programs(), "Cpp": cpp_programs()}
LANGUAGES = pytest.mark.parametrize("language", ["C", "Cpp"])


def shown(language: str, source: str, points: int = 400, limit: int = 8) -> Instrumented:
    found = MODULES[language].find_points(source)
    assert not isinstance(found, Dropped), found
    made = insert(source.encode(), choose(found.points, points), found.helper)
    helper = [one for one in made.insertions if LIMIT_MARK in one.text]
    assert len(helper) == 1
    return Instrumented(made.text.replace(LIMIT_MARK, str(limit)), made.insertions, made.points)


def run(sandbox: ProgramSandbox, language: str, *texts: str, stdin: bytes = b""):
    programs = [Program(language, {ENTRIES[language]: text.encode()}, ENTRIES[language]) for text in texts]
    runs = [(one, Invocation(stdin=stdin), Limits()) for one in programs]
    try:
        return asyncio.run(sandbox.run_many(runs))
    except Exception as error:
        if "toolchain" in type(error).__name__.lower():
            pytest.skip(str(error))
        raise


def trace(sandbox: ProgramSandbox, language: str, source: str, **keywords) -> list[str]:
    """The events of a program of which all points are taken, and of which nothing else has changed."""
    made = shown(language, source, **{key: keywords.pop(key) for key in ("points", "limit") if key in keywords})
    before, after = run(sandbox, language, source, made.text, **keywords)
    assert after.status is Status.FINISHED, (after, made.text)
    assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout)
    said = after.stderr.decode()
    assert without_events(said) == before.stderr.decode()
    return [format_event(one) for one in read_events(said)]


@LANGUAGES
def test_programs_come_back_byte_for_byte(language):
    """A generated program keeps its bytes under the insertions, gets the same ones each time, and still parses."""

    @settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
    @given(PROGRAMS[language], st.integers(1, 60))
    def check(source, points):
        found = MODULES[language].find_points(source)
        assert not isinstance(found, Dropped)
        made = insert(source.encode(), choose(found.points, points), found.helper)
        assert made.original() == source.encode()
        assert MODULES[language].parses(made.text)
        again = MODULES[language].find_points(source)
        assert made == insert(source.encode(), choose(again.points, points), again.helper)

    check()


@LANGUAGES
def test_programs_behave_as_before(language, sandbox):
    """Generated programs that compile do so with all their points, and print and end as they did."""
    sources: list[str] = []

    @settings(
        max_examples=3 if language == "Cpp" else 8,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(PROGRAMS[language])
    def collect(source):
        sources.append(source)

    collect()
    outcomes = run(sandbox, language, *sources, *(shown(language, source).text for source in sources))
    pairs = list(zip(sources, outcomes[: len(sources)], outcomes[len(sources) :], strict=True))
    compiled = [(source, before, after) for source, before, after in pairs if before.status is Status.FINISHED]
    assert len(compiled) > len(sources) // 2
    for source, before, after in compiled:
        assert after.status is Status.FINISHED, (source, after.compile_step)
        assert (after.exit_code, after.stdout) == (before.exit_code, before.stdout), source
        said = after.stderr.decode()
        assert without_events(said) == before.stderr.decode()
        assert read_events(said)


def test_c_shows_arguments_branches_loops_and_results(sandbox):
    """A C program's events name what came in, which way was taken, every turn up to the limit, and what came out."""
    source = r"""#include <stdio.h>
struct box { int size; double weight; };

static unsigned clamp(int value, const char *why)
{
    if (value < 0)
        return -1;
    else if (value > 3 && *why)
        value = 3;
    return value;
}

int main(void)
{
    int counts[3] = {1, 2, 3}, big[8] = {0}, c, unset;
    struct box box = {2, 0.1};
    for (int i = 0; i < 5; i++)
        counts[i % 3] += i;
    box.size = counts[0] * 2;
    box.weight *= 3;
    double scaled = box.weight * box.size;
    while ((c = getchar()) != EOF)
        putchar(c);
    unset = counts[1];
    int sum = unset + big[7];
    return clamp(sum, "too \"big\" and too long to be shown as a whole") + clamp(-sum, "") > 9;
}
"""
    assert trace(sandbox, "C", source, limit=2, stdin=b"hi") == [
        "TRACE:IN:main:13:",
        "TRACE:LOOP:main:17:i=0",
        "TRACE:VAR:main:18:counts[i % 3]=1; i=0",
        "TRACE:LOOP:main:17:i=1",
        "TRACE:VAR:main:18:counts[i % 3]=3; i=1",
        "TRACE:VAR:main:19:box.size=8; counts[0]=4",
        "TRACE:VAR:main:20:box.weight=0.3",
        "TRACE:VAR:main:21:scaled=2.4; box.weight=0.3; box.size=8",
        "TRACE:LOOP:main:22:c=104",
        "TRACE:LOOP:main:22:c=105",
        "TRACE:VAR:main:24:unset=7; counts[1]=7",
        "TRACE:VAR:main:25:sum=7; unset=7; big[7]=0",
        r'TRACE:IN:clamp:4:value=7; why="too \"big\" and too long to be shown as a ... 45 characters"',
        'TRACE:BRANCH:clamp:8:took="else if"; value=7; *why="t"',
        "TRACE:OUT:clamp:10:result=3",
        'TRACE:IN:clamp:4:value=-7; why=""',
        'TRACE:BRANCH:clamp:6:took="if"; value=-7',
        "TRACE:OUT:clamp:7:result=4294967295",
        "TRACE:OUT:main:26:result=0",
    ]


def test_c_shows_nothing_that_may_be_unset(sandbox):
    """Variables without a value, members behind pointers that may be null, and buffers are not read by a point."""
    source = r"""#include <stdio.h>
#include <stdlib.h>
struct node { int value; struct node *next; };
static int total(const struct node *at, char *buffer, const char *bytes, int length)
{
    int sum, last;
    if (at != NULL && at->value > 1)
        sum = at->value;
    else
        sum = 0;
    if (length > 9)
        last = 4;
    sum += length;
    buffer[0] = bytes[0];
    while (at) {
        sum += at->value;
        at = at->next;
    }
    return sum;
}
int main(void)
{
    struct node one = {5, NULL};
    char raw[4], *at;
    at = malloc(3);
    int result = total(&one, raw, "xyz", 3) + total(NULL, at, raw, 1);
    free(at);
    printf("%d\n", result);
    exit(0);
}
"""
    made = shown("C", source)
    points = "\n".join(re.findall(r"TRACE\(.*?\);", made.text))
    assert "SHOW(last)" not in points
    assert "SHOW(buffer)" not in points
    assert "SHOW(bytes)" not in points
    assert "SHOW(at)" not in points
    assert "SHOW(raw)" not in points
    events = trace(sandbox, "C", source)
    assert 'TRACE:BRANCH:total:9:took="else"' in events
    assert "TRACE:VAR:total:16:sum=13; at->value=5" in events


def test_c_takes_an_array_that_is_handed_over_for_the_pointer_it_is(sandbox):
    """Only an array whose length is known where it is shown is shown whole; of one that was handed over, elements are."""
    source = """static int first(int whole[4], int old[2]) { int one = whole[0] + old[1]; return one; }
static int kept(a) int a[3]; { return a[1]; }
int main(void) { int whole[] = {4, 5, 6, 7, 8, 9, 10}; int sum = first(whole, whole) + whole[0]; return sum + kept(whole); }
"""
    assert "SHOW_ARRAY(whole)" in shown("C", source.replace("+ whole[0]", "+ (whole == 0)")).text
    assert trace(sandbox, "C", source) == [
        "TRACE:IN:main:3:",
        "TRACE:IN:first:1:",
        "TRACE:VAR:first:1:one=9; whole[0]=4; old[1]=5",
        "TRACE:OUT:first:1:result=9",
        "TRACE:VAR:main:3:sum=13; whole=[4, 5, 6, 7, 8, 9, ... 7 in all]; whole[0]=4",
        "TRACE:IN:kept:2:",
        "TRACE:OUT:kept:2:result=5",
        "TRACE:OUT:main:3:result=18",
    ]


def test_cpp_shows_objects_of_the_standard_library_and_errors(sandbox):
    """A C++ program's events show containers and text briefly, members, lambdas, and errors raised and caught."""
    source = r"""#include <algorithm>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>
namespace shop {
class Till {
  int cash_;
public:
  explicit Till(int cash) : cash_(cash) {}
  void pay(int amount)
  {
    if (amount > cash_) throw std::range_error("empty");
    cash_ -= amount;
  }
};
}
template <typename T> T twice(T x) { return x + x; }
constexpr int square(int x) { return x * x; }
static std::string label(const std::vector<int>& sizes) { std::string s = "n"; s += std::to_string(sizes.size()); return s; }
int main()
{
  std::vector<int> sizes{9, 8, 7, 6, 5, 4, 3};
  std::map<std::string, double> prices;
  prices["a"] = 0.5;
  std::sort(sizes.begin(), sizes.end());
  shop::Till till(square(2));
  auto pay = [&till](int amount) { till.pay(amount); };
  try {
    for (int amount : sizes)
      pay(amount);
  } catch (const std::range_error& error) {
    sizes.clear();
  }
  for (const auto& [name, price] : prices) sizes.push_back(price > 0.25);
  return twice(1) + static_cast<int>(label(sizes).size() + twice(std::string("ab")).size());
}
"""
    assert trace(sandbox, "Cpp", source) == [
        "TRACE:IN:main:21:",
        "TRACE:TRANSFORM:main:26:sizes=[3, 4, 5, 6, 7, 8, ... 7 in all]",
        "TRACE:IN:shop.Till.Till:10:cash=4",
        "TRACE:LOOP:main:30:amount=3",
        "TRACE:IN:main.pay:28:amount=3",
        "TRACE:IN:shop.Till.pay:11:amount=3",
        "TRACE:VAR:shop.Till.pay:14:cash_=1; amount=3",
        "TRACE:LOOP:main:30:amount=4",
        "TRACE:IN:main.pay:28:amount=4",
        "TRACE:IN:shop.Till.pay:11:amount=4",
        'TRACE:BRANCH:shop.Till.pay:13:took="if"; amount=4; cash_=1',
        'TRACE:ERR:shop.Till.pay:13:error="std::range_error"',
        'TRACE:ERR:main:32:error.what()="empty"',
        "TRACE:VAR:main:33:sizes=[]",
        'TRACE:LOOP:main:35:name="a"; price=0.5',
        "TRACE:VAR:main:35:sizes=[1]; price=0.5",
        "TRACE:IN:twice:18:x=1",
        "TRACE:OUT:twice:18:result=2",
        "TRACE:IN:label:20:sizes=[1]",
        'TRACE:VAR:label:20:s="n1"; sizes=[1]',
        'TRACE:OUT:label:20:result="n1"',
        'TRACE:IN:twice:18:x="ab"',
        'TRACE:OUT:twice:18:result="abab"',
        "TRACE:OUT:main:36:result=8",
    ]


def test_cpp_shows_only_what_a_reader_can_follow(sandbox):
    """Hashed containers by their size, no parameter that was moved away, objects left out, what is thrown as it stands."""
    source = r"""#include <optional>
#include <string>
#include <unordered_map>
#include <vector>
struct Shape { int sides; };
struct Named {
  std::string name_;
  Named(std::string name, int size) : name_(std::move(name)) { if (size < 0) throw "negative"; }
};
std::optional<int> half(int n) { std::optional<int> found; if (n % 2 == 0) found = n / 2; return found; }
int main()
{
  std::unordered_map<std::string, int> seen;
  seen["a"] = 1; seen.erase("b");
  for (const auto& shape : std::vector<Shape>{{3}}) seen["c"] = shape.sides;
  std::optional<int> two = half(4), none = half(3);
  none = half(5);
  try { Named("x", 1); Named("y", -1); } catch (const char* what) { seen.clear(); }
  return two.has_value() + none.has_value();
}
"""
    assert trace(sandbox, "Cpp", source) == [
        "TRACE:IN:main:11:",
        "TRACE:VAR:main:14:seen.size()=1",
        "TRACE:LOOP:main:15:",
        "TRACE:VAR:main:15:seen.size()=2; shape.sides=3",
        "TRACE:IN:half:10:n=4",
        'TRACE:BRANCH:half:10:took="if"; n=4',
        "TRACE:VAR:half:10:found=2; n=4",
        "TRACE:OUT:half:10:result=2",
        "TRACE:IN:half:10:n=3",
        "TRACE:OUT:half:10:result=nullopt",
        "TRACE:IN:half:10:n=5",
        "TRACE:OUT:half:10:result=nullopt",
        "TRACE:VAR:main:17:none=nullopt",
        "TRACE:IN:Named.Named:8:size=1",
        "TRACE:IN:Named.Named:8:size=-1",
        'TRACE:BRANCH:Named.Named:8:took="if"; size=-1',
        'TRACE:ERR:Named.Named:8:error="negative"',
        'TRACE:ERR:main:18:what="negative"',
        "TRACE:VAR:main:18:seen.size()=0",
        "TRACE:OUT:main:19:result=1",
    ]


def test_cpp_shows_what_was_read_and_put_into_vectors(sandbox):
    """A number read by `cin` is shown where the program reads it or the read held; a vector's item as the item that it is."""
    source = r"""#include <iostream>
#include <vector>
typedef long long ll;
using Row = std::vector<ll>;
int main()
{
  int n, unread;
  std::cin >> n >> unread;
  Row sums(2);
  for (int i = 0; i < n; i++)
    sums[i % 2] += i + n;
  double rate;
  while (std::cin >> rate && rate > 0) sums.push_back(rate * 10);
  char c;
  if (std::cin.get(c)) return n;
  return sums[1];
}
"""
    assert '"unread"' not in shown("Cpp", source).text
    assert trace(sandbox, "Cpp", source, stdin=b"2 7 0.5 x") == [
        "TRACE:IN:main:5:",
        "TRACE:LOOP:main:10:i=0; n=2",
        "TRACE:VAR:main:11:sums[i % 2]=2; i=0; n=2",
        "TRACE:LOOP:main:10:i=1; n=2",
        "TRACE:VAR:main:11:sums[i % 2]=3; i=1; n=2",
        "TRACE:LOOP:main:13:rate=0.5",
        "TRACE:VAR:main:13:sums=[2, 3, 5]; rate=0.5",
        "TRACE:OUT:main:16:result=3",
    ]
    whole = trace(sandbox, "Cpp", source, stdin=b"1 7 0 x")
    assert whole[-2:] == ['TRACE:BRANCH:main:15:took="if"; c=" "', "TRACE:OUT:main:15:result=1"]


def test_cpp_says_what_an_error_holds(sandbox):
    """An error of the standard library is shown by its text, a thrown member by its value; an own `what` is not called."""
    source = r"""#include <stdexcept>
struct Jump { int to; };
static void leap(const Jump* jump) { if (jump->to > 2) throw jump->to; throw std::runtime_error("too short"); }
int main()
{
  Jump jumps[] = {{3}, {1}};
  int sum = 0;
  for (const Jump& jump : jumps) {
    try { leap(&jump); } catch (const std::exception& error) { sum += 10; } catch (int to) { sum += to; }
  }
  return sum;
}
"""
    assert trace(sandbox, "Cpp", source) == [
        "TRACE:IN:main:4:",
        "TRACE:LOOP:main:8:",
        "TRACE:IN:leap:3:",
        'TRACE:BRANCH:leap:3:took="if"; jump->to=3',
        "TRACE:ERR:leap:3:jump->to=3",
        "TRACE:ERR:main:9:to=3",
        "TRACE:VAR:main:9:sum=3; to=3",
        "TRACE:LOOP:main:8:",
        "TRACE:IN:leap:3:",
        'TRACE:ERR:leap:3:error="std::runtime_error"',
        'TRACE:ERR:main:9:error.what()="too short"',
        "TRACE:VAR:main:9:sum=13",
        "TRACE:OUT:main:11:result=13",
    ]
    own = source.replace(
        "struct Jump", "struct Own : std::exception { const char* what() const noexcept { return 0; } }; struct Jump"
    )
    assert ".what()" not in shown("Cpp", own).text


@LANGUAGES
def test_the_helper_takes_another_name_where_its_own_is_taken(language, sandbox):
    """A program with a `trace` of its own gets a helper of another name; where all are taken, it is refused."""
    source = "#include <stdio.h>\nstatic int trace(int x) { return x + 1; }\nint main(void) { return trace(-1); }\n"
    assert "TRACING(" in shown(language, source).text
    assert trace(sandbox, language, source) == [
        "TRACE:IN:main:3:",
        "TRACE:IN:trace:2:x=-1",
        "TRACE:OUT:trace:2:result=0",
        "TRACE:OUT:main:3:result=0",
    ]
    taken = MODULES[language].find_points(source.replace("static", "int tracing, emit; static"))
    assert isinstance(taken, Dropped)
    assert taken.reason is Reason.CANNOT_INSTRUMENT


@LANGUAGES
def test_a_choice_without_arms_is_none(language):
    """A `switch` with an empty body has no point, and stands in the way of no other."""
    made = shown(language, "int main(void) { int x = 4; switch (x) { } return x; }\n")
    assert {point.kind for point in made.points} == {"IN", "OUT"}


@LANGUAGES
def test_a_program_that_takes_stderr_away_is_refused(language):
    """A program that closes stderr or gives it to another file has no place for events."""
    for line in ("fclose(stderr);", "dup2(1, 2);", "close(STDERR_FILENO);", 'freopen("x", "w", stderr);'):
        source = f"#include <stdio.h>\nint main(void) {{ {line} return 0; }}\n"
        assert isinstance(MODULES[language].find_points(source), Dropped), line
    kept = MODULES[language].find_points("#include <unistd.h>\nint main(void) { dup2(2, 1); close(3); return 0; }\n")
    assert not isinstance(kept, Dropped)


def test_what_the_grammar_cannot_read_costs_only_its_own_definition(sandbox):
    """A function behind a macro that the grammar stumbles over gets no point; the others have theirs."""
    source = """#include <stdio.h>
#define local static
#define EACH(i) for (int i = 0; i < 2; i++)
local void clear(int *x) { EACH(i) { *x = 0; } }
int main(void)
{
    int x = 4, y = x + 1;
    clear(&x);
    y = x * 2;
    return y;
}
"""
    assert trace(sandbox, "C", source)[-2:] == ["TRACE:VAR:main:9:y=0; x=0", "TRACE:OUT:main:10:result=0"]
