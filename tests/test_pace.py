"""How many requests are under way: growth, decrease, pauses, the order of turns, and that no turn is lost."""

import asyncio
import time

from hypothesis import example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from alchemy_assets.pace import Pace


def test_it_doubles_until_the_first_overload():
    """Each round of answers doubles what may be under way, until the server was overloaded once; then it grows by one a round."""

    async def limits() -> list[int]:
        pace = Pace(1_000, first=4)
        seen = [pace.limit]
        for _ in range(2):
            for _ in range(pace.limit):
                pace.quicken()
            seen.append(pace.limit)
        pace.slow(asyncio.get_running_loop().time())
        seen.append(pace.limit)
        for _ in range(3):
            for _ in range(pace.limit + 1):
                pace.quicken()
            seen.append(pace.limit)
        return seen

    assert asyncio.run(limits()) == [4, 8, 16, 8, 9, 10, 11]


def test_turns_come_in_the_order_of_asking():
    """Who asks first goes first, also where a later one would fit into the memory that is left."""

    async def order() -> list[str]:
        pace, seen = Pace(8, 10), []

        async def go(name: str, size: int) -> None:
            async with pace.turn(size):
                seen.append(name)
                await asyncio.sleep(0.01)

        await asyncio.gather(go("first", 8), go("large", 9), go("small", 1))
        return seen

    assert asyncio.run(order()) == ["first", "large", "small"]


@hypothesis_settings(max_examples=60)
@example([(0, False, 1), (11, False, 0)], 2)
@given(st.lists(st.tuples(st.integers(0, 12), st.booleans(), st.integers(0, 3)), max_size=30), st.integers(1, 5))
def test_no_turn_is_lost(asks, most):
    """Whoever is cancelled, whenever: all others get their turn, bounds hold, and nothing is under way at the end."""

    async def run() -> None:
        pace, now, held = Pace(most, 10, first=most), [0], [0]

        async def go(size: int, rounds: int) -> None:
            async with pace.turn(size):
                now[0] += 1
                held[0] += size
                assert now[0] <= most
                assert held[0] <= 10 or now[0] == 1
                try:
                    for _ in range(rounds):
                        await asyncio.sleep(0)
                finally:
                    now[0] -= 1
                    held[0] -= size

        tasks = [asyncio.create_task(go(size, rounds)) for size, _, rounds in asks]
        for task, (_, cancelled, rounds) in zip(tasks, asks, strict=True):
            if cancelled:
                for _ in range(rounds):
                    await asyncio.sleep(0)
                task.cancel()
        results = await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert not [one for one in results if one is not None and not isinstance(one, asyncio.CancelledError)]
        assert pace.room == most

    asyncio.run(run())


def test_a_pause_holds_everybody():
    """Nobody starts before the pause that a server asked for is over, and then as many as may."""

    async def starts() -> list[float]:
        pace, seen = Pace(3), []
        began = time.monotonic()
        pace.slow(asyncio.get_running_loop().time(), 0.2)

        async def go() -> None:
            async with pace.turn(1):
                seen.append(time.monotonic() - began)

        await asyncio.gather(*(go() for _ in range(5)))
        return seen

    seen = asyncio.run(starts())
    assert len(seen) == 5
    assert 0.19 < min(seen) <= max(seen) < 1


def test_many_who_wait_cost_little():
    """Ten thousand that wait for one turn after another take time in proportion, as only those that may start are woken."""

    async def run(count: int) -> float:
        pace = Pace(4)

        async def go() -> None:
            async with pace.turn(0):
                await asyncio.sleep(0)

        began = time.process_time()
        await asyncio.gather(*(go() for _ in range(count)))
        return time.process_time() - began

    assert asyncio.run(run(10_000)) < 5
