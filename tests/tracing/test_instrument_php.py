"""What the instrumenter of PHP promises: only insertions, the same behaviour, events that follow from the source."""

import asyncio
import re

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from alchemy_assets.sandbox.programs import ProgramSandbox
from alchemy_assets.sandbox.sandbox import Invocation, Limits, Program, Status
from alchemy_assets.tracing.events import format_event, read_events, without_events
from alchemy_assets.tracing.instrument.found import LIMIT_MARK
from alchemy_assets.tracing.instrument.php import instrumenter as php
from alchemy_assets.tracing.instrument.points import Instrumented, choose, insert
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.generated_php import php_programs


def shown(source: str, points: int = 400, limit: int = 8) -> Instrumented:
    found = php.find_points(source)
    assert not isinstance(found, Dropped), found
    made = insert(source.encode(), choose(found.points, points), found.helper)
    return Instrumented(made.text.replace(LIMIT_MARK, str(limit)), made.insertions, made.points)


def run(sandbox: ProgramSandbox, *texts: str, stdin: bytes = b""):
    programs = [Program("PHP", {"source.php": text.encode()}, "source.php") for text in texts]
    try:
        return asyncio.run(sandbox.run_many([(one, Invocation(stdin=stdin), Limits()) for one in programs]))
    except Exception as error:
        if "toolchain" in type(error).__name__.lower():
            pytest.skip(str(error))
        raise


def said(stderr: bytes) -> str:
    """What a program itself wrote to stderr; messages of PHP name lines, which are other ones."""
    return re.sub(r"on line \d+", "on line N", without_events(stderr.decode()))


def trace(sandbox: ProgramSandbox, source: str, **keywords) -> list[str]:
    """The events of a program of which all points are taken, and of which nothing else has changed."""
    made = shown(source, **{key: keywords.pop(key) for key in ("points", "limit") if key in keywords})
    before, after = run(sandbox, source, made.text, **keywords)
    assert before.exit_code == 0, before.stderr
    assert (after.status, after.exit_code, after.stdout) == (Status.FINISHED, 0, before.stdout), (after, made.text)
    assert said(after.stderr) == said(before.stderr)
    return [format_event(one) for one in read_events(after.stderr.decode())]


def test_programs_come_back_byte_for_byte():
    """A generated program keeps its bytes under the insertions, gets the same ones each time, and still parses."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(php_programs(), st.integers(1, 60))
    def check(source, points):
        found = php.find_points(source)
        assert not isinstance(found, Dropped)
        made = insert(source.encode(), choose(found.points, points), found.helper)
        assert made.original() == source.encode()
        assert php.parses(made.text.replace(LIMIT_MARK, "8"))
        again = php.find_points(source)
        assert made == insert(source.encode(), choose(again.points, points), again.helper)

    check()


def test_programs_behave_as_before(sandbox):
    """Generated programs print, end and complain as they did, with all their points."""
    sources: list[str] = []

    @settings(
        max_examples=25,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(php_programs())
    def collect(source):
        sources.append(source)

    collect()
    outcomes = run(sandbox, *sources, *(shown(source).text for source in sources))
    pairs = list(zip(sources, outcomes[: len(sources)], outcomes[len(sources) :], strict=True))
    ran = [(source, before, after) for source, before, after in pairs if before.exit_code == 0]
    assert len(ran) > len(sources) // 2
    for source, before, after in ran:
        assert (after.status, after.exit_code, after.stdout) == (before.status, 0, before.stdout), (source, after)
        assert said(after.stderr) == said(before.stderr), source
        assert read_events(after.stderr.decode())


def test_arguments_branches_loops_and_results_are_shown(sandbox):
    """A program's events name what came in, which way was taken, every turn up to the limit, and what came out."""
    source = r"""<?php
declare(strict_types=1);
namespace Shop;
use InvalidArgumentException;
enum Coin: int { case One = 1; }
final class Till
{
    private array $log = [];
    public static int $all = 0;

    public function __construct(private int $cash) { self::$all++; }

    public function pay(int $amount, string $why = "", ?Coin $coin = null): int|string
    {
        if ($amount > $this->cash)
            throw new InvalidArgumentException("too much");
        elseif ($amount === 0) return "nothing";
        $this->log[$why] = [$amount, $coin];
        $this->cash -= $amount;
        return $this->cash;
    }
}

$till = new Till(9);
foreach ([1, 0, 2, 3] as $i => $amount) {
    $till->pay($amount, str_repeat("wages\n", $i * 4), Coin::One);
}
try {
    $till->pay(90);
} catch (InvalidArgumentException $error) {
    echo $error->getMessage();
}
$limit = 1.5;
$sizes = array_map(fn($n) => $n * $limit, range(1, 9));
rsort($sizes);
"""
    assert trace(sandbox, source, limit=2, points=100) == [
        "TRACE:IN:Till.__construct:11:$cash=9",
        "TRACE:VAR:Till.__construct:11:self::$all=1",
        "TRACE:VAR:<module>:24:$till=Shop\\Till{log: [], cash: 9}",
        "TRACE:LOOP:<module>:25:$i=0; $amount=1",
        'TRACE:IN:Till.pay:13:$amount=1; $why=""; $coin=Shop\\Coin::One',
        'TRACE:VAR:Till.pay:18:$this->log[$why]=[1, Shop\\Coin::One]; $why=""; $amount=1; $coin=Shop\\Coin::One',
        "TRACE:VAR:Till.pay:19:$this->cash=8; $amount=1",
        "TRACE:OUT:Till.pay:20:result=8",
        "TRACE:LOOP:<module>:25:$i=1; $amount=0",
        r'TRACE:IN:Till.pay:13:$amount=0; $why="wages\nwages\nwages\nwages\n"; $coin=Shop\Coin::One',
        'TRACE:BRANCH:Till.pay:17:took="elseif"; $amount=0; $this->cash=8',
        'TRACE:OUT:Till.pay:17:result="nothing"',
        r'TRACE:VAR:Till.pay:18:$this->log[$why]=[2, Shop\Coin::One]; $why="wages\nwages\nwages\nwages\nwages\nwages\nwage... 48 bytes"; $amount=2; $coin=Shop\Coin::One',
        "TRACE:VAR:Till.pay:19:$this->cash=6; $amount=2",
        "TRACE:OUT:Till.pay:20:result=6",
        'TRACE:BRANCH:Till.pay:15:took="if"; $amount=90; $this->cash=3',
        'TRACE:ERR:Till.pay:16:error="InvalidArgumentException"',
        'TRACE:ERR:<module>:30:$error=InvalidArgumentException("too much")',
        "TRACE:OUT:{closure}:34:result=1.5",
        "TRACE:OUT:{closure}:34:result=3.0",
        "TRACE:VAR:<module>:34:$sizes=[1.5, 3.0, 4.5, 6.0, 7.5, 9.0, ... 9 in all]",
        "TRACE:TRANSFORM:<module>:35:$sizes=[13.5, 12.0, 10.5, 9.0, 7.5, 6.0, ... 9 in all]",
    ]


def test_nothing_is_read_that_may_be_unset_or_computed(sandbox):
    """Variables without a value, properties that are made up or not there yet, and `ArrayAccess` are not read."""
    source = """<?php
class Loud implements ArrayAccess
{
    private ?int $late;
    public string $hook { get { echo "hook "; return "h"; } }
    private array $data = [];
    public function __construct($n) { if ($n > 1) $this->late = $n; elseif ($this->late ?? false) $n = 2; }
    public function __get($name) { echo "get "; return 1; }
    public function __toString() { echo "string "; return "x"; }
    public function offsetExists($key): bool { return true; }
    public function offsetGet($key): mixed { echo "offset "; return 1; }
    public function offsetSet($key, $value): void { $this->data[$key] = $value; }
    public function offsetUnset($key): void { }
    public function size() { if ($this->made && $this->hook) return 1; return 2; }
}
function outer($flag)
{
    global $count;
    if ($flag) $maybe = 1;
    foreach ([1, 2] as $turn) { if ($turn > 1) unset($lost); else $lost = 5; if (isset($lost)) $lost = $lost + $turn; }
    if (isset($maybe) && $maybe > 1) return $maybe;
    if ($flag && preg_match('/x/', "x", $found) || isset($found)) return 3;
    $inner = function () { return isset($count) ? $count : 0; };
    return $inner() + $count;
}
$count = 4;
$loud = new Loud(1);
$key = "k";
$loud[$key] = $count;
echo $loud->size(), outer(false), outer(true);
$other = [$loud, fopen("php://memory", "r"), fn() => 1];
"""
    events = trace(sandbox, source)
    assert "TRACE:VAR:<module>:27:$loud=Loud{data: []}" in events
    assert 'TRACE:VAR:<module>:29:$key="k"; $loud=Loud{data: ["k" => 4]}; $count=4' in events
    assert (
        'TRACE:VAR:<module>:31:$other=[Loud{data: ["k" => 4]}, <resource>, <Closure>]; $loud=Loud{data: ["k" => 4]}'
        in events
    )
    assert 'TRACE:BRANCH:outer:22:took="if"; $flag=true' in events
    assert not [one for one in events if "$lost" in one or "$maybe" in one]


def test_what_the_program_was_given_is_shown(sandbox):
    """A condition on `$argc` or `$argv` shows it, where it is that of the program."""
    source = """<?php
function count_of($argc) { if ($argc > 1) return 1; return 0; }
function own() { if (isset($argv)) return 1; return 2; }
if ($argc < 2) { echo own(); }
if (!isset($argv[1])) { echo count_of(2); }
"""
    events = trace(sandbox, source)
    assert 'TRACE:BRANCH:<module>:4:took="if"; $argc=1' in events
    assert any(one.startswith('TRACE:BRANCH:<module>:5:took="if"; $argv=[') for one in events)
    assert "TRACE:IN:count_of:2:$argc=2" in events
    assert not [one for one in events if one.startswith("TRACE:BRANCH:own")]


def test_elements_are_shown_where_they_make_the_array(sandbox):
    """An element that was given a value is read again, whether or not its array was there before."""
    source = """<?php
foreach (["a", "b"] as $key) { $seen[$key] = strlen($key); }
function tally($words) {
    foreach ($words as $word) $count[$word]["n"] = ($count[$word]["n"] ?? 0) + 1;
    return $count;
}
tally(["x", "x"]);
"""
    events = trace(sandbox, source)
    assert 'TRACE:VAR:<module>:2:$seen[$key]=1; $key="a"' in events
    assert 'TRACE:VAR:tally:4:$count[$word]["n"]=2; $word="x"' in events


def test_pages_keep_their_text(sandbox):
    """A program inside a page prints the page as it was: nothing comes between `<?=` and `?>`, or outside of PHP."""
    source = """<ul>
<?php $items = ["a" => 1, "b" => 2]; // these ?>
<?php foreach ($items as $name => $count): ?>
  <li><?= $name ?> <?= $count > 1 ? "many" : "one" ?></li>
<?php endforeach; if ($count): ?> yes <?php $more = $count + 1 ?>
<?php else: ?> no <?php endif ?>
</ul>
"""
    assert trace(sandbox, source) == [
        'TRACE:LOOP:<module>:3:$name="a"; $count=1',
        'TRACE:LOOP:<module>:3:$name="b"; $count=2',
        'TRACE:BRANCH:<module>:5:took="if"',
    ]
    assert trace(sandbox, "<?= 1 ?>\n<?php if (PHP_VERSION) { echo 2; } ?>\nx\n") == [
        'TRACE:BRANCH:<module>:2:took="if"'
    ]


def test_references_and_generators_stay_what_they_are(sandbox):
    """What is given back as a place can still be changed, and what `yield` gives comes when it is asked for."""
    source = """<?php
class Box { private $items = [1]; public function &items() { return $this->items; } public $n = 0; }
function turns($n) { for ($i = 0; $i < $n; $i++) { $sent = yield $i => $n; echo $sent; } return $n; }
$box = new Box;
$items = &$box->items();
$items[] = 2;
foreach ($items as &$one) { $one *= 2; }
unset($one);
echo json_encode($box->items());
$turns = turns(2);
foreach ($turns as $key => $value) echo $key, $value;
echo $turns->getReturn();
"""
    events = trace(sandbox, source)
    assert "TRACE:LOOP:<module>:7:$one=1" in events
    assert "TRACE:VAR:<module>:5:$items=[1]; $box=Box{items: [1], n: 0}" in events
    assert "TRACE:OUT:turns:3:result=2" in events


def test_what_must_be_first_stays_first():
    """The helper stands behind `declare`, `namespace` and `use`, and above the remark of what follows."""
    source = "<?php\n// A file.\ndeclare(strict_types=1);\n\nnamespace A;\n\nuse B\\C;\n\n/** Adds. */\nfunction add($a) { return $a; }\n"
    text = shown(source).text
    assert text.startswith(
        "<?php\n// A file.\ndeclare(strict_types=1);\n\nnamespace A;\n\nuse B\\C;\n\n// Trace events go"
    )
    assert "}\n\n/** Adds. */\nfunction add($a) { trace('IN', 'add:10', ['$a' => $a]); return traceOut(" in text


def test_a_taken_name_gives_another():
    """A program that has a `trace` of its own gets a helper of another name, and none is refused where all are taken."""
    assert "traceEvent('IN', 'trace:2', ['$a' => $a]);" in shown("<?php\nfunction trace($a) { echo $a; }\n").text
    refused = php.find_points("<?php\nfunction trace($a) { traceEvent(emitTrace($a)); }\n")
    assert isinstance(refused, Dropped)
    assert refused.reason is Reason.CANNOT_INSTRUMENT


@pytest.mark.parametrize(
    "line", ["echo __LINE__;", "debug_print_backtrace();", "echo filesize(__FILE__);", "echo memory_get_usage();"]
)
def test_what_sees_itself_is_refused(line):
    """A program that looks at its own lines, callers or memory is refused, for points would change what it sees."""
    assert isinstance(php.find_points(f"<?php\n$x = $argc + 1;\n{line}\n"), Dropped)
    assert not isinstance(php.find_points("<?php\n$x = f();\nrequire dirname(__FILE__) . '/y.php';\n"), Dropped)
