"""A pilot: which files are drawn, what is told of them, and how far that tells of all."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alchemy_assets.cli import pilot_page
from alchemy_assets.errors import SettingsError
from alchemy_assets.generation.parsing import NO_CODE
from alchemy_assets.orchestration.assets.generation import kinds_of_model, training_files
from alchemy_assets.orchestration.drawing import LEAST, Measured, cut, draw
from alchemy_assets.orchestration.extrapolating import Figure, extrapolated, summed, wilson
from alchemy_assets.orchestration.generating import ask_partition
from alchemy_assets.orchestration.pilot import Pilot, Result
from alchemy_assets.orchestration.planning import ALL_ASKED, Survey
from alchemy_assets.orchestration.samples_shown import varied
from alchemy_assets.strategies.generated.asking import CUT
from alchemy_assets.strategies.generated.enhance import GOOD_ENOUGH
from tests.generation import scripted_server
from tests.generation.scripted_server import ScriptedServer
from tests.orchestration import asked_workspace
from tests.orchestration.asked_workspace import PYTHON_FILES, SHELL_FILES, SORRY, endpoint, mixed, opened, rewriting

FILES = PYTHON_FILES + SHELL_FILES
LANGUAGES = st.sampled_from(["C", "Go", "Java", "PHP", "Python", "Ruby", "Rust", "Shell"])
CORPORA = st.dictionaries(LANGUAGES, st.lists(st.integers(0, 5_000), max_size=120), max_size=8)


def corpus_of(sizes: Mapping[str, list[int]]) -> dict[str, list[Measured]]:
    """Files of these sizes, each with a blob id of its own."""
    return {
        language: [
            Measured(size, hashlib.sha1(f"{language} {number}".encode(), usedforsecurity=False).hexdigest())
            for number, size in enumerate(own)
        ]
        for language, own in sizes.items()
    }


# -- the draw


@given(CORPORA, st.integers(1, 600))
def test_the_draw_keeps_its_count_and_its_least(sizes, count):
    """As many files are drawn as were asked for or as there are, each language's own, with the least that the count allows."""
    files = corpus_of(sizes)
    drawn = draw(files, count)
    assert sum(map(len, drawn.values())) == min(count, sum(map(len, files.values())))
    filled = {language: own for language, own in files.items() if own}
    least = min(LEAST, count // len(filled)) if filled else 0
    for language, own in filled.items():
        mine = drawn.get(language, frozenset())
        assert mine <= {one.blob_id for one in own}
        assert len(mine) >= min(least, len(own))


@given(CORPORA, st.integers(1, 600), st.randoms())
def test_the_draw_is_the_same_in_any_order(sizes, count, random):
    """The same files are drawn whatever order they, and the languages, come in."""
    files = corpus_of(sizes)
    shuffled = {
        language: random.sample(files[language], len(files[language]))
        for language in random.sample(sorted(files), len(files))
    }
    assert draw(shuffled, count) == draw(files, count)


@given(CORPORA, st.integers(1, 600))
def test_the_draw_is_in_proportion(sizes, count):
    """Of two languages above the least, the one with more files has no fewer drawn, and each third of sizes has its share."""
    files = corpus_of(sizes)
    drawn = draw(files, count)
    shares = sorted((len(files[language]), len(mine)) for language, mine in drawn.items())
    assert all(one[1] <= other[1] + 1 for one, other in pairwise(shares))
    for language, mine in drawn.items():
        for third in cut(sorted(files[language]), 3):
            wanted = len(mine) * len(third) / len(files[language])
            assert abs(sum(one.blob_id in mine for one in third) - wanted) < 1


def test_the_draw_by_hand():
    """Of 10,000, 1,000 and 5 files a hundred are drawn: five are all of them, twenty the least, and the rest is the largest's."""
    drawn = draw(corpus_of({"Go": [1] * 10_000, "Ruby": [1] * 1_000, "C": [1] * 5}), 100)
    assert {language: len(mine) for language, mine in drawn.items()} == {"C": 5, "Ruby": 20, "Go": 75}


# -- from a part to all


def test_the_interval_of_a_share():
    """Wilson's interval of 8 in 10 and of 0 in 10, by hand; of nothing there is none."""
    assert wilson(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson(0, 0) is None


def test_a_sum_is_extrapolated_by_hand():
    """Twenty files that cost 1 or 3 in turn, of 100: 200, give or take 1.96 × 100 × √(0.8 × (20 / 19) / 20)."""
    figure = extrapolated([1.0, 3.0] * 10, 100)
    assert figure.value == pytest.approx(200.0)
    assert figure.half == pytest.approx(1.959964 * 100 * (0.8 * (20 / 19) / 20) ** 0.5)
    assert figure.low == pytest.approx(200 - figure.half)
    assert extrapolated([1.0, 3.0] * 10, 20) == Figure(40.0, 0.0, 40.0)


def test_what_is_unknown_of_one_file_is_unknown_of_all():
    """No file, or one without its cost, gives no figure; few files give one without an interval; no files at all cost nothing."""
    assert extrapolated([], 5) == extrapolated([1.0, None], 5) == Figure(None)
    assert extrapolated([2.0, 4.0], 10) == Figure(30.0, None, 6.0)
    assert extrapolated([], 0) == Figure(0.0, 0.0)
    assert Figure(10.0, 20.0, 3.0).low == 3.0


def test_sums_of_languages():
    """Independent errors add as squares; an unknown language makes the whole unknown, one without interval takes the interval."""
    assert summed([Figure(10.0, 3.0, 1.0), Figure(20.0, 4.0, 2.0)]) == Figure(30.0, 5.0, 3.0)
    assert summed([Figure(10.0, 3.0), Figure(None)]) == Figure(None)
    assert summed([Figure(10.0, 3.0), Figure(1.0)]).half is None


def test_samples_that_are_shown_vary():
    """One of each group comes first, then the next of each."""
    assert varied(["a1", "a2", "a3", "b1", "c1", "c2"], lambda one: one[0], 5) == ["a1", "b1", "c1", "a2", "c2"]


# -- a real pilot


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    asked_workspace.alone(monkeypatch, tmp_path)


@pytest.fixture
def workspace(tmp_path_factory, tmp_path):
    """A workspace of 24 Python and 6 Shell files that may be asked about."""
    return asked_workspace.copied(tmp_path_factory, tmp_path / "workspace")


def tried(graph, count: int) -> Result:
    pilot = Pilot(graph, "code_enhance", count)
    for partition in pilot.partitions:
        pilot.look(partition)
    return pilot.result()


def test_only_drawn_files_are_asked_about_and_nothing_twice(workspace):
    """A pilot of ten asks about ten files; again it asks nothing; everything asks for the other twenty, and publishes nothing."""
    manifests = {path: path.read_bytes() for path in (workspace.workspace / "store" / "manifests").rglob("*.json")}
    with ScriptedServer(rewriting) as server:
        graph = opened(workspace, **endpoint(server.address))
        first = tried(graph, 10)
        assert (first.drawn, first.files, first.waiting) == (10, FILES, 0)
        assert len(server.asked) == first.now.spent.answers == first.spent.answers == 30
        again = tried(graph, 10)
        assert len(server.asked) == 30
        assert (again.kinds, again.whole, again.spent) == (first.kinds, first.whole, first.spent)
        assert again.now.spent.answers == 0
        step = graph.maker["usage"]
        for partition in graph.partitions(step):
            files = training_files(graph.ready(step, partition).inputs)
            folder = graph.workspace.settings.workspace / "generation"
            ask_partition(graph.workspace.model, folder, partition, kinds_of_model(graph.workspace.settings), files)
        assert len(server.asked) == 3 * FILES
        assert max(Counter(server.asked).values()) == 1
    assert manifests == {
        path: path.read_bytes() for path in (workspace.workspace / "store" / "manifests").rglob("*.json")
    }


def test_a_pilot_of_all_files_knows_what_they_cost(workspace):
    """Where every file was drawn, the whole is what the server counted, without an interval, and a plan finds nothing left."""
    with ScriptedServer(rewriting) as server:
        graph = opened(workspace, **endpoint(server.address), prompt_usd=2.0, completion_usd=10.0, gpus=1)
        result = tried(graph, 1_000)
        prompts = sum(sum(len(content) for _, content in turns) // server.characters for turns in server.asked)
    whole = result.whole
    assert result.drawn == FILES
    assert (whole.prompt_tokens.value, whole.prompt_tokens.half) == (prompts, 0.0)
    assert whole.completion_tokens.value == result.spent.completion_tokens
    assert whole.usd.value == pytest.approx(result.usd)
    assert result.usd == pytest.approx((2.0 * prompts + 10.0 * result.spent.completion_tokens) / 1e6)
    assert whole.gpu_hours.value == pytest.approx(result.now.gpu_seconds / 3_600)
    survey = Survey(graph)
    for partition in survey.partitions:
        survey.look(partition)
    assert {row.known for row in survey.rows()} == {ALL_ASKED}


def test_everything_proposed_is_accepted_or_rejected_with_reasons(workspace):
    """Good files, cut answers and chatter are counted by reason, cut answers by kind, and samples of each sort are shown."""
    with ScriptedServer(mixed) as server:
        result = tried(opened(workspace, **endpoint(server.address)), 1_000)
    rewritings = next(kind for kind in result.kinds if kind.name == "rewriting")
    assert rewritings.proposed == FILES
    assert set(rewritings.reasons) == {GOOD_ENOUGH, CUT, NO_CODE}
    assert rewritings.reasons.total() == rewritings.rejected > 0
    cut_ones = [turns for turns in server.asked if mixed(turns).endswith(scripted_server.CUT)]
    assert rewritings.spent.cut == len(cut_ones) > 0
    assert rewritings.accepted > 0
    accepted, rejected = ([one for one in result.shown if one.accepted is good] for good in (True, False))
    assert 0 < len([one for one in rejected if one.kind == "rewriting"]) <= 10
    assert {reason for one in rejected for reason in one.reasons} == set(rewritings.reasons)
    assert all(one.turns[-1][0] == "assistant" for one in (*accepted, *rejected))


def test_a_budget_stops_the_pilot_and_tells_what_waits(workspace):
    """When the tokens are spent no more is asked; what was answered counts, what lacks answers is in no estimate."""
    with ScriptedServer(rewriting) as server:
        result = tried(opened(workspace, **endpoint(server.address), budget_tokens=3_000, concurrency=1), 1_000)
        asked = len(server.asked)
    assert "of generation.budget_tokens" in result.stopped
    assert 0 < asked < 3 * FILES
    assert result.spent.answers == result.now.spent.answers == asked
    assert result.waiting > 0
    assert sum(one.complete for one in result.languages) == FILES - result.waiting


def test_what_cannot_be_answered_is_told(workspace):
    """Where the server dies, the pilot says so, keeps what there is, and the whole is unknown rather than guessed."""
    with ScriptedServer(rewriting) as server:
        address = server.address
    graph = opened(workspace, **endpoint(address), patience=0.2, connect_seconds=0.5)
    result = tried(graph, 10)
    assert result.stopped
    assert len(result.problems) == 1
    assert (result.waiting, result.whole.prompt_tokens.value, result.spent.answers) == (10, None, 0)


def test_a_strategy_without_a_model_cannot_be_tried(workspace):
    """Where the settings leave a strategy out there is nothing to try, and the error says where to look."""
    graph = opened(workspace, **endpoint("http://127.0.0.1:9/v1"), strategies=("code_qa",))
    with pytest.raises(SettingsError, match="writes nothing for code_enhance"):
        Pilot(graph, "code_enhance", 10)


# -- the page


def test_the_page_shows_everything_safely(workspace):
    """Every sample is on the page, as text: no markup of an answer is markup, no script, no address, nothing to load."""
    with ScriptedServer(mixed) as server:
        result = tried(opened(workspace, **endpoint(server.address)), 1_000)
    page = pilot_page.render(result)
    assert page.count('<details class="card"') == len(result.shown)
    assert "default-src 'none'" in page
    assert "<script" not in page
    assert not re.search(r"\bsrc=|@import|url\(|<b>", page)
    assert "&lt;b&gt;something&lt;/b&gt; &amp; else" in page
    assert SORRY not in page
    assert all(one.blob_id[:10] in page for one in result.shown)
    assert 'class="comment"' in page
    for kind in result.kinds:
        for reason in kind.reasons:
            assert reason in page


def test_turns_stand_beside_their_answers():
    """A dialogue is shown row by row: what was said up to an answer at the left, the answer at the right."""
    turns = (("system", "s"), ("user", "u1"), ("assistant", "a1"), ("user", "u2"), ("assistant", "a2"), ("user", "u3"))
    rows = [
        ([turn.role for turn in row.left], [turn.blocks[0].lines[0][0].text for turn in row.right])
        for row in pilot_page._exchanges(turns, "Python")
    ]
    assert rows == [(["system", "user"], ["a1"]), (["user"], ["a2"]), (["user"], [])]


def test_a_turn_that_is_too_long_says_so():
    """Of a very long turn the beginning is shown, with how much is left out."""
    [row] = pilot_page._exchanges((("file", "x = 1\n" * 20_000),), "Python")
    assert row.left[0].left_out == 60_000
    assert row.left[0].blocks[0].code


@given(st.lists(st.sampled_from(["```", "````python", "~~~", "text", "", "```sql", "`x`"]), max_size=12))
@settings(max_examples=200)
def test_no_line_is_lost_between_blocks(lines):
    """Prose and code blocks hold every line that is no fence, in order."""
    shown = [
        line
        for block in pilot_page.blocks("\n".join(lines))
        for line in "\n".join("".join(piece.text for piece in row) for row in block.lines).split("\n")
    ]
    texts = {"text", "`x`"}
    assert [line for line in shown if line in texts] == [line for line in lines if line in texts]
