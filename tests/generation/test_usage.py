"""What asking costs: what nobody knows is None and never guessed, and a budget is spent when it says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alchemy_assets.errors import SettingsError
from alchemy_assets.generation.usage import Budget, Prices, Report, cost_usd, gpu_seconds
from alchemy_assets.settings import Generation


@pytest.mark.parametrize(
    ("tokens", "prices", "usd"),
    [
        ((2_000_000, 500_000), Prices(prompt_usd=0.5, completion_usd=2.0), 2.0),
        ((2_000_000, 500_000), Prices(gpu_usd=3.0, gpus=4), 6.0),
        ((2_000_000, 500_000), Prices(0.5, 2.0, 3.0, 4), 8.0),
        ((2_000_000, 500_000), Prices(0.0, 0.0), 0.0),
        ((0, 0), Prices(), None),
        ((1, 1), Prices(prompt_usd=0.5), None),
        ((1, 1), Prices(completion_usd=0.5, gpu_usd=1.0, gpus=1), None),
        ((1, 1), Prices(gpu_usd=3.0), None),
        ((None, 1), Prices(0.5, 2.0), None),
        ((None, None), Prices(gpu_usd=3.0, gpus=4), 6.0),
    ],
)
def test_dollars(tokens, prices, usd):
    """Half an hour: tokens and GPU time at their prices, their sum where both have one, and nothing where a price or count is missing."""
    assert cost_usd(*tokens, 1_800, prices) == usd


def test_gpu_seconds():
    """Those of all GPUs, or None where nobody knows how many there are."""
    assert (gpu_seconds(10, 4), gpu_seconds(10, 0), gpu_seconds(10, None)) == (40, 0, None)


def test_prices_of_settings():
    """The engine's own count of GPUs goes before that of the settings."""
    settings = Generation(prompt_usd=1, completion_usd=2, gpu_usd=3, gpus=4)
    assert (Prices.of(settings), Prices.of(settings, 8).gpus) == (Prices(1, 2, 3, 4), 8)


def test_dollars_without_prices_are_an_error():
    """A budget of dollars that nobody could keep is an error at once, and says which settings are missing."""
    for prices in (Prices(), Prices(prompt_usd=1), Prices(gpu_usd=1)):
        with pytest.raises(SettingsError, match="needs prices: prompt_usd"):
            Budget(usd=1, prices=prices)
    Budget.of(Generation(budget_usd=1, gpu_usd=1), gpus=2)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), max_size=20), st.integers(0, 300))
def test_tokens_are_spent_when_they_are(answers, limit):
    """A budget is spent exactly when prompts and answers together reach it."""
    budget, sum_ = Budget(tokens=limit), 0
    assert bool(budget.spent()) == (limit == 0)
    for prompt, completion in answers:
        budget.spend(prompt, completion)
        sum_ += prompt + completion
        assert bool(budget.spent()) == (sum_ >= limit)


def test_no_budget_is_never_spent():
    """Without limits anything goes, counted or not."""
    budget = Budget.of(Generation())
    budget.spend(None, None)
    budget.spend(10**12, 10**12)
    assert (budget.unlimited, budget.spent()) == (True, "")


def test_uncounted_tokens_matter_where_they_are_paid_for():
    """A budget of GPU time is kept without counts of tokens; one that tokens count towards is not."""
    by_hour = Budget(usd=1, prices=Prices(gpu_usd=1, gpus=1))
    by_token = Budget(usd=1, prices=Prices(1, 1))
    for budget in (by_hour, by_token):
        budget.spend(None, 5)
    assert (by_hour.spent(), "does not say how many" in by_token.spent()) == ("", True)
    by_hour.work(3_000)
    assert (by_hour.spent(), by_hour.spent(700)) == ("", "1.03 dollars are spent of the 1.00 of generation.budget_usd")


def test_seconds_of_the_engine_are_counted_once():
    """The time in which several requests are under way together ends, and counts, with the last of them."""
    report = Report()
    report.began()
    report.began()
    assert (report.peak, report.ended(), report.worked) == (2, 0.0, 0.0)
    assert 0 < report.working <= report.engine_seconds
    seconds = report.ended()
    assert 0 < seconds == report.worked == report.engine_seconds
    assert report.working == 0


def test_the_report_in_sentences():
    """What went well, what stayed unanswered and why, and what was wrong with which server."""
    report = Report(left=3, uncounted=2, retries=4, prompt_tokens=1_500, completion_tokens=20)
    report.answered.update({"fix": 5, "explain": 2})
    report.cut["fix"] += 1
    report.unanswered["no answer in time"] += 1
    report.faults["no connection", "http://a/v1"] += 6
    assert report.lines() == [
        "7 answered, 1 of them cut; 1,500 prompt tokens, 20 of answers; 4 asked again",
        "1 unanswered: no answer in time",
        "6 times http://a/v1: no connection",
        "3 left without being asked to the end",
        "2 answers whose tokens the server did not count",
    ]
