"""Many good and hostile programs at once; ten thousand of them run in `bench`."""

import asyncio
import os
from pathlib import Path

import pytest

from tests.sandbox.attacks.assault import left
from tests.sandbox.attacks.mixed import mixed
from tests.sandbox.attacks.places import PLACES, NotHere
from tests.sandbox.watch import descendants, parents

_COUNT, _SEED = 160, 4


def _descriptors() -> dict[int, int]:
    """Return how many descriptors each process that descends from this one has open."""
    return {
        process: len(list(Path(f"/proc/{process}/fd").iterdir()))
        for process in descendants(os.getpid())
        if Path(f"/proc/{process}/fd").exists()
    }


@pytest.mark.slow
@pytest.mark.parametrize("name", ["root", "user"])
def test_mixed_programs_are_all_accounted_for(name: str) -> None:
    """None is lost, each ends as it must, the host is unharmed, and neither processes nor descriptors are left."""
    try:
        with PLACES[name](workers=os.cpu_count() or 1) as place:
            runs, checks = zip(*mixed(_COUNT, _SEED, place), strict=True)
            asyncio.run(place.sandbox.run_many(runs[:8]))
            before, open_before = set(parents()), _descriptors()
            outcomes = asyncio.run(place.sandbox.run_many(runs))
            faults = [fault for check, outcome in zip(checks, outcomes, strict=True) for fault in check(outcome)]
            assert faults == []
            assert left(place, before) == []
            assert place.host.harm() == []
            leaked = {
                process: count for process, count in _descriptors().items() if count > open_before.get(process, 32) + 2
            }
            assert leaked == {}
    except NotHere as reason:
        pytest.skip(f"{name}: {reason}")
