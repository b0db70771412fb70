"""What the instrumenter of C# promises: only insertions, the same behaviour, events that follow from the source."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alchemy_assets.tracing.instrument.registry import instrument
from alchemy_assets.tracing.reasons import Dropped, Reason
from tests.tracing.behaviour import comes_back, same_behaviour, shown, some_of
from tests.tracing.generated_csharp import csharp_programs, every_statement

FUNCTIONS = """using System;
using System.Collections.Generic;

class Till
{
    private readonly int[] cash = { 5, 0 };
    public int Taken { get; private set; }
    public event EventHandler Paid;
    public int Rest { get { return cash[0]; } set { cash[0] = value; } }
    public int Twice => cash[0] * 2;

    public int Pay(int amount)
    {
        if (amount > cash[0]) throw new InvalidOperationException("only " + cash[0]);
        this.Taken += amount;
        Rest = cash[0] - amount;
        if (Paid != null)
            Paid(this, EventArgs.Empty);
        return Twice;
    }

    static string Sign(int n)
    {
        if (n < 0)
            return "minus";
        else if (n == 0) {
            return "none";
        }
        int found;
        if (int.TryParse("4", out found) && found < n) return "more";
        switch (n) { case 1: return "one"; default: break; }
        return null;
    }

    static bool Fill(List<string> words, out int count)
    {
        while (words.Count < 9) words.Add("w" + words.Count);
        count = words.Count;
        return true;
    }

    static int Main()
    {
        var till = new Till();
        till.Paid += (sender, e) => { int seen = till.Taken * 2; Console.WriteLine(seen); };
        try
        {
            till.Pay(3);
            till.Pay(4);
        }
        catch (InvalidOperationException problem)
        {
            Console.WriteLine(problem.Message);
        }
        Sign(-1);
        Sign(0);
        Sign(1);
        Sign(7);
        int filled;
        Fill(new List<string>(), out filled);
        return filled;
    }
}
"""
VALUES = """using System;
using System.Collections;
using System.Collections.Generic;
using System.Linq;

enum Side { Left, Right }
struct Point { public int X; public double Y; }
class Base { protected int kept = 1; public int Level { get; set; } }
class Node : Base
{
    public string Name { get; set; }
    public Node Next;
    public event Action Seen;
    public override string ToString() { Console.WriteLine("called"); return "node"; }
    public override int GetHashCode() { Console.WriteLine("called"); return 1; }
    public int Asked { get { Console.WriteLine("called"); return 1; } }
    public void See() { if (Seen != null) Seen(); }
}

static class Program
{
    static int Look(params object[] values) { return values.Length; }

    static void Main()
    {
        var node = new Node { Name = "a\\n\\"\\u00e9" };
        node.Next = node;
        Look(node, new Point { X = 1, Y = 0.1 }, Side.Right, (Action)(() => { }), new object(), IntPtr.Zero);
        var known = new Dictionary<string, int> { { "z", 1 }, { "a", 2 } };
        Look(known, known.First(), new Hashtable { { "z", 1 }, { "a", 2 } }, new HashSet<int> { 10, 9 }, Tuple.Create(1, "x"), new { A = 1 });
        Look(string.Concat(Enumerable.Repeat("long \\"text\\" ", 9)), 'x', '\\n', 1.5f, 1e100, 2.50m, true, null);
        Look(new int[7], new int[2, 2], new[] { new[] { new[] { new[] { 1 } } } }, new Queue<int>(new[] { 3 }), new InvalidOperationException("bad \\"x\\""));
    }
}
"""
PROGRAMS = {"functions": FUNCTIONS, "values": VALUES, "every statement": every_statement()}


@pytest.fixture(scope="module")
def traces(sandbox):
    """The events of all programs, which are built together."""
    generated = some_of(csharp_programs(), 1)
    found = same_behaviour(sandbox, "CSharp", [*PROGRAMS.values(), *generated], limit=6)
    return dict(zip(PROGRAMS, found, strict=False))


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(csharp_programs(), st.integers(1, 90))
def test_programs_come_back_byte_for_byte(source, points):
    """A generated program keeps its bytes under the insertions, gets the same ones each time, and still parses."""
    comes_back("CSharp", source, points)


def test_programs_behave_as_before(traces):
    """Programs with everything that makes inserting hard print the same, and write events of every kind."""
    kinds = {event.partition(":")[0] for event in traces["every statement"]}
    assert kinds == {"IN", "OUT", "VAR", "BRANCH", "LOOP", "ERR", "TRANSFORM"}


def test_events_tell_what_methods_are_given_do_and_give_back(traces):
    """IN has the arguments, BRANCH the arm and what it asked, LOOP every turn up to the limit, ERR what is thrown."""
    assert traces["functions"] == [
        "IN:Till.Main:42:",
        "VAR:Till.Main:44:till=Till(cash=[5, 0], Taken=0, Paid=null)",
        "IN:Till.Pay:12:amount=3",
        "VAR:Till.Pay:15:this.Taken=3; amount=3",
        "IN:Till.Rest.set:9:value=2",
        "VAR:Till.Rest.set:9:cash[0]=2; value=2",
        'BRANCH:Till.Pay:17:took="if"',
        "IN:Till.Main.lambda:45:sender=Till(cash=[2, 0], Taken=3, Paid=delegate); e=EventArgs",
        "VAR:Till.Main.lambda:45:seen=6; till=Till(cash=[2, 0], Taken=3, Paid=delegate)",
        "OUT:Till.Twice:10:result=4",
        "OUT:Till.Pay:19:result=4",
        "IN:Till.Pay:12:amount=4",
        'BRANCH:Till.Pay:14:took="if"; amount=4; cash[0]=2',
        'ERR:Till.Pay:14:error="InvalidOperationException"; cash=[2, 0]',
        'ERR:Till.Main:51:problem=InvalidOperationException("only 2")',
        "IN:Till.Sign:22:n=-1",
        'BRANCH:Till.Sign:24:took="if"; n=-1',
        'OUT:Till.Sign:25:result="minus"',
        "IN:Till.Sign:22:n=0",
        'BRANCH:Till.Sign:26:took="else if"; n=0',
        'OUT:Till.Sign:27:result="none"',
        "IN:Till.Sign:22:n=1",
        'BRANCH:Till.Sign:31:took="case"; n=1',
        'OUT:Till.Sign:31:result="one"',
        "IN:Till.Sign:22:n=7",
        'BRANCH:Till.Sign:30:took="if"; found=4; n=7',
        'OUT:Till.Sign:30:result="more"',
        "IN:Till.Fill:35:words=[]",
        "LOOP:Till.Fill:37:words.Count=0",
        'VAR:Till.Fill:37:words=["w0"]',
        "LOOP:Till.Fill:37:words.Count=1",
        'VAR:Till.Fill:37:words=["w0", "w1"]',
        "LOOP:Till.Fill:37:words.Count=2",
        'VAR:Till.Fill:37:words=["w0", "w1", "w2"]',
        "LOOP:Till.Fill:37:words.Count=3",
        'VAR:Till.Fill:37:words=["w0", "w1", "w2", "w3"]',
        "LOOP:Till.Fill:37:words.Count=4",
        'VAR:Till.Fill:37:words=["w0", "w1", "w2", "w3", "w4"]',
        "LOOP:Till.Fill:37:words.Count=5",
        'VAR:Till.Fill:37:words=["w0", "w1", "w2", "w3", "w4", "w5"]',
        "OUT:Till.Fill:39:result=true",
        "VAR:Till.Main:60:filled=9",
        "OUT:Till.Main:61:result=9",
    ]


def test_values_are_shown_without_running_the_program(traces):
    """Objects of the program are shown by their fields, dictionaries in their order, text with escapes, no addresses."""
    assert traces["values"] == [
        "IN:Program.Main:24:",
        'VAR:Program.Main:26:node=Node(kept=1, Level=0, Name="a\\n\\"\\u00e9", Next=null, Seen=null)',
        'VAR:Program.Main:27:node.Next=Node(kept=1, Level=0, Name="a\\n\\"\\u00e9", Next=Node(kept=1, Level=0, Name="a\\n\\"\\u00e9", Next=Node(kept=1, Level=0, Name="a\\n\\"\\u00e9", Next=..., Seen=null), Seen=null), Seen=null)',
        'IN:Program.Look:22:values=[Node(kept=1, Level=0, Name="a\\n\\"\\u00e9", Next=Node(kept=1, Level=0, Name="a\\n\\"\\u00e9", Next=..., Seen=null), Seen=null), Point(X=1, Y=0.1), Right, delegate, Object, IntPtr]',
        "OUT:Program.Look:22:result=6",
        'VAR:Program.Main:29:known={"z": 1, "a": 2}',
        'IN:Program.Look:22:values=[{"z": 1, "a": 2}, "z": 1, {"a": 2, "z": 1}, [10, 9], (1, "x"), (A=1)]',
        "OUT:Program.Look:22:result=6",
        'IN:Program.Look:22:values=["long \\"text\\" long \\"text\\" long \\"text\\" long... 108 characters", \'x\', \'\\n\', 1.5, 1E+100, 2.50, ... 8 in all]',
        "OUT:Program.Look:22:result=8",
        'IN:Program.Look:22:values=[[0, 0, 0, 0, 0, 0, ... 7 in all], [0, 0, 0, 0], [[...]], [3], InvalidOperationException("bad \\"x\\"")]',
        "OUT:Program.Look:22:result=5",
    ]


def test_nothing_of_the_program_runs_to_be_shown():
    """Indexers and computed properties are not read by a point, and events, which can be read nowhere else, neither."""
    source = """class A
{
    public event System.Action Click;
    public int Plain { get; set; }
    public int Asked { get { return 1; } set { Plain = value; } }
    public int this[int i] { get { return 1; } set { Plain = value; } }
    static int Count(A a, System.Action seen, int[] many)
    {
        a[0] = Count(a, seen, many);
        a.Asked = Count(a, seen, many);
        a.Plain = Count(a, seen, many);
        many[0] = Count(a, seen, many);
        a.Click += seen;
        return many[0];
    }
}
"""
    points = [line.strip() for line in shown("CSharp", source).text.split("\n") if '"VAR", "A.Count' in line]
    assert points == [
        'Trace.Event("VAR", "A.Count:9", "a", a, "many", many);',
        'Trace.Event("VAR", "A.Count:10", "a", a, "many", many);',
        'Trace.Event("VAR", "A.Count:11", "a.Plain", a.Plain, "many", many);',
        'Trace.Event("VAR", "A.Count:12", "many[0]", many[0], "a", a);',
    ]


def test_what_a_call_gives_out_has_a_value_from_there_on(sandbox):
    """`out int x` begins a variable of the block around, also where it stands in the condition of an `if` that leaves."""
    source = """using System;
using System.Collections.Generic;
static class Program
{
    static int Sum(Dictionary<string, int> known, string[] words)
    {
        int sum = 0;
        foreach (string word in words)
        {
            if (!int.TryParse(word, out int value) || value < 0) continue;
            known.TryGetValue(word, out int more);
            bool odd = known.TryGetValue("odd", out var last) && last > 0;
            if (value > 1 || known.TryGetValue(word, out int unsure)) sum += value + more;
        }
        return sum;
    }

    static void Main() { Sum(new Dictionary<string, int> { { "3", 4 } }, new[] { "x", "3", "1" }); }
}
"""
    (events,) = same_behaviour(sandbox, "CSharp", [source], limit=6)
    assert [one for one in events if one.startswith(("VAR", "BRANCH"))] == [
        'BRANCH:Program.Sum:10:took="if"; value=0; word="x"',
        'VAR:Program.Sum:11:more=4; known={"3": 4}; word="3"',
        'VAR:Program.Sum:12:odd=false; known={"3": 4}',
        'BRANCH:Program.Sum:13:took="if"; value=3; known={"3": 4}; word="3"',
        "VAR:Program.Sum:13:sum=7; value=3; more=4",
        'VAR:Program.Sum:11:more=0; known={"3": 4}; word="1"',
        'VAR:Program.Sum:12:odd=false; known={"3": 4}',
    ]


def test_an_element_is_shown_where_reading_it_again_changes_nothing():
    """What a value was made of is told by element, and no point counts an index on."""
    source = """class A
{
    static int Own(int[] a) { return a[0]; }
    static void F(int[] a, string[] words, int i)
    {
        a[i++] = i * 2;
        int sum = a[i] + int.Parse(words[1]);
        sum = a[i++] + i;
        sum = a[0] + Own(a);
    }
}
"""
    points = [line.strip() for line in shown("CSharp", source).text.split("\n") if '"VAR", "A.F' in line]
    assert points == [
        'Trace.Event("VAR", "A.F:6", "i", i, "a", a);',
        'Trace.Event("VAR", "A.F:7", "sum", sum, "a[i]", a[i], "words[1]", words[1]);',
        'Trace.Event("VAR", "A.F:8", "sum", sum, "i", i, "a", a);',
        'Trace.Event("VAR", "A.F:9", "sum", sum, "a", a);',
    ]


def test_a_loop_shows_the_variable_that_its_head_gives_a_value():
    """A variable that is declared before a `for` and gets its value in the head is one of the loop."""
    source = "class A { static void F(int n) { int i; for (i = 0; i < n; i++) System.Console.Write(i); } }\n"
    assert 'Trace.Event("LOOP", "A.F:1", "i", i, "n", n);' in shown("CSharp", source).text


def test_the_helper_takes_another_name_where_its_own_is_taken():
    """A program with a class `Trace` gets another helper; one with all of them is refused, and says so."""
    source = "class Trace { static int F(int n) { return n; } }\n"
    assert 'TraceLog.Event("IN", "Trace.F:1", "n", n);' in shown("CSharp", source).text
    dropped = instrument("CSharp", source.replace("int n", "TraceLog n, EventTrace m"), 20)
    assert isinstance(dropped, Dropped)
    assert (dropped.reason, dropped.detail) == (
        Reason.CANNOT_INSTRUMENT,
        "every name for the helper is taken: Trace, TraceLog, EventTrace",
    )


@pytest.mark.parametrize("use", ["new StackTrace()", "typeof(A).Assembly.GetTypes()"])
def test_what_sees_its_own_place_is_refused(use):
    """A program that reads its own stack, or lists its own types, would see the points or the helper."""
    dropped = instrument("CSharp", f"class A {{ void F() {{ object o = {use}; }} }}\n", 20)
    assert isinstance(dropped, Dropped)
    assert dropped.reason is Reason.CANNOT_INSTRUMENT
