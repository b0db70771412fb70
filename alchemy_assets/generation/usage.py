"""What asking a model cost, and how far it may go.

Belongs here: dollars out of tokens and GPU time, budgets, and the counts of one time of asking. Does not: prices and limits
themselves (`settings`). What nobody knows is None, and is never guessed.
"""

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from alchemy_assets.errors import AlchemyError, SettingsError
from alchemy_assets.settings import Generation

_MILLION: Final = 1_000_000
_HOUR: Final = 3_600


class BudgetSpentError(AlchemyError, RuntimeError):
    """The tokens or dollars that may be spent are spent; what was answered is kept."""


@dataclass(frozen=True)
class Prices:
    """Dollars for a million tokens of prompts and of answers, and for an hour of one of `gpus` GPUs; None where unknown."""

    prompt_usd: float | None = None
    completion_usd: float | None = None
    gpu_usd: float | None = None
    gpus: int | None = None

    @classmethod
    def of(cls, settings: Generation, gpus: int | None = None) -> "Prices":
        """The prices of the settings; gpus: how many the engine has, where it knows."""
        count = settings.gpus if gpus is None else gpus
        return cls(settings.prompt_usd, settings.completion_usd, settings.gpu_usd, count)

    @property
    def by_token(self) -> bool:
        """Whether tokens cost something known."""
        return self.prompt_usd is not None and self.completion_usd is not None

    @property
    def by_hour(self) -> bool:
        """Whether time costs something known."""
        return self.gpu_usd is not None and self.gpus is not None


def gpu_seconds(engine_seconds: float, gpus: int | None) -> float | None:
    """Seconds of all GPUs together while the engine was at work."""
    return None if gpus is None else engine_seconds * gpus


def cost_usd(
    prompt_tokens: int | None, completion_tokens: int | None, engine_seconds: float, prices: Prices
) -> float | None:
    """Dollars for tokens and GPU time; where both have a price, their sum.

    None where a price is missing (also one of a pair: tokens of prompts without those of answers), or a count.
    """
    dollars: list[float] = []
    if prices.prompt_usd is not None or prices.completion_usd is not None:
        if (
            prices.prompt_usd is None
            or prices.completion_usd is None
            or prompt_tokens is None
            or completion_tokens is None
        ):
            return None
        dollars.append((prompt_tokens * prices.prompt_usd + completion_tokens * prices.completion_usd) / _MILLION)
    if prices.gpu_usd is not None:
        seconds = gpu_seconds(engine_seconds, prices.gpus)
        if seconds is None:
            return None
        dollars.append(seconds / _HOUR * prices.gpu_usd)
    return sum(dollars) if dollars else None


class Budget:
    """What may still be spent; one may be shared by all that is asked in one go.

    tokens: of prompts and answers together. What is under way when it is spent is finished, so a little more is spent.
    Raises SettingsError where dollars are limited and no price is known.
    """

    def __init__(self, tokens: int | None = None, usd: float | None = None, prices: Prices | None = None) -> None:
        self._tokens = tokens
        self._usd = usd
        self._prices = prices or Prices()
        if usd is not None and cost_usd(0, 0, 0.0, self._prices) is None:
            msg = "generation.budget_usd needs prices: prompt_usd and completion_usd, or gpu_usd and the number of GPUs (gpus)"
            raise SettingsError(msg)
        self._prompt_tokens = self._completion_tokens = 0
        self._engine_seconds = 0.0
        self._uncounted = ""

    @classmethod
    def of(cls, settings: Generation, gpus: int | None = None) -> "Budget":
        """The budget of the settings; gpus as in `Prices.of`."""
        return cls(settings.budget_tokens, settings.budget_usd, Prices.of(settings, gpus))

    @property
    def unlimited(self) -> bool:
        """Whether anything may be spent."""
        return self._tokens is None and self._usd is None

    def spend(self, prompt_tokens: int | None, completion_tokens: int | None) -> None:
        """An answer came."""
        if prompt_tokens is None or completion_tokens is None:
            if self._tokens is not None or self._prices.by_token:
                self._uncounted = "the server does not say how many tokens an answer took, so a budget cannot be kept"
            return
        self._prompt_tokens += prompt_tokens
        self._completion_tokens += completion_tokens

    def work(self, seconds: float) -> None:
        """The engine was at work."""
        self._engine_seconds += seconds

    def spent(self, more_seconds: float = 0.0) -> str:
        """Why nothing more may be asked; "" where it may. more_seconds: of work that `work` was not told yet."""
        if self.unlimited:
            return ""
        tokens = self._prompt_tokens + self._completion_tokens
        if self._tokens is not None and tokens >= self._tokens:
            return f"{tokens:,} tokens are spent of the {self._tokens:,} of generation.budget_tokens"
        if self._usd is not None:
            seconds = self._engine_seconds + more_seconds
            usd = cost_usd(self._prompt_tokens, self._completion_tokens, seconds, self._prices) or 0.0
            if usd >= self._usd:
                return f"{usd:.2f} dollars are spent of the {self._usd:.2f} of generation.budget_usd"
        return self._uncounted


@dataclass
class Report:
    """What came of asking.

    answered, cut (answers that ended at their most tokens): by kind of request. unanswered: by reason. faults: by kind and
    address. left: asks that ended because the engine was down or the budget spent. uncounted: answers whose tokens the server
    did not count. cached_tokens: of the prompts' tokens, those that a server had in its prefix cache, where it says so.
    peak: requests under way together, at most. engine_seconds: in which at least one was under way.
    """

    answered: Counter[str] = field(default_factory=Counter)
    cut: Counter[str] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    faults: Counter[tuple[str, str]] = field(default_factory=Counter)
    left: int = 0
    retries: int = 0
    uncounted: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    cached_tokens: int = 0
    peak: int = 0
    under_way: int = 0
    worked: float = 0.0
    busy_since: float = 0.0

    @property
    def engine_seconds(self) -> float:
        """Seconds in which at least one request was under way, until now."""
        return self.worked + self.working

    @property
    def working(self) -> float:
        """Seconds since the first of those that are under way without a break; 0 where none is."""
        return time.monotonic() - self.busy_since if self.under_way else 0.0

    def began(self) -> None:
        """A request is under way."""
        if not self.under_way:
            self.busy_since = time.monotonic()
        self.under_way += 1
        self.peak = max(self.peak, self.under_way)

    def ended(self) -> float:
        """A request is under way no more; gives the seconds of work that ended with it, 0 where others go on."""
        self.under_way -= 1
        if self.under_way:
            return 0.0
        seconds = time.monotonic() - self.busy_since
        self.worked += seconds
        return seconds

    def lines(self) -> list[str]:
        """The report in sentences, most important first."""
        answered, cut = self.answered.total(), self.cut.total()
        tokens = f"{self.prompt_tokens:,} prompt tokens, {self.completion_tokens:,} of answers"
        found = [f"{answered:,} answered, {cut:,} of them cut; {tokens}; {self.retries:,} asked again"]
        found += [f"{count:,} unanswered: {reason}" for reason, count in self.unanswered.most_common()]
        found += [f"{count:,} times {address}: {kind}" for (kind, address), count in self.faults.most_common()]
        if self.left:
            found.append(f"{self.left:,} left without being asked to the end")
        if self.uncounted:
            found.append(f"{self.uncounted:,} answers whose tokens the server did not count")
        return found
