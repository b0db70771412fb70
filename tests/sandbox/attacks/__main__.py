"""Print how every attack ends in every kind of sandbox of this machine, as a table in Markdown.

`python -m tests.sandbox.attacks [PART OF A NAME] ...` (faults are printed below the table, and make it end with code 1)
"""

import sys
from itertools import groupby

from tests.sandbox.attacks.assault import Result, assail
from tests.sandbox.attacks.places import PLACES, NotHere
from tests.sandbox.attacks.table import ATTACKS, SIGNALS, Attack


def _results(attacks: list[Attack]) -> tuple[dict[str, dict[str, Result]], list[str]]:
    found: dict[str, dict[str, Result]] = {}
    notes = []
    for name, opened in PLACES.items():
        try:
            with opened() as place:
                column = f"{place.name} ({place.kind})"
                found[column] = {}
                for attack in attacks:
                    result = found[column][attack.name] = assail(attack, place)
                    sys.stderr.write(f"{column}: {attack.name}: {result.status} {result.seconds:.2f} s\n")
        except NotHere as reason:
            notes.append(f"{name}: not here, as {reason}")
    return found, notes


def _rows(attacks: list[Attack], found: dict[str, dict[str, Result]]) -> list[tuple[str, str, list[str]]]:
    rows = [
        (attack.name, attack.what(), [_cell(results[attack.name]) for results in found.values()])
        for attack in attacks
        if attack not in SIGNALS
    ]
    signals = [attack for attack in attacks if attack in SIGNALS]
    ends = sorted(
        ([_cell(results[attack.name]) for results in found.values()], index) for index, attack in enumerate(signals)
    )
    for cells, group in groupby(ends, key=lambda one: one[0]):
        numbers = [signals[index].name.removeprefix("signal ") for _, index in group]
        rows.append((f"signal {_ranges(list(map(int, numbers)))}", signals[0].what(), cells))
    return rows


def _ranges(numbers: list[int]) -> str:
    """Return numbers in words, for instance `1-16, 19`."""
    parts = []
    for _, group in groupby(enumerate(sorted(numbers)), key=lambda pair: pair[1] - pair[0]):
        run = [number for _, number in group]
        parts.append(str(run[0]) if len(run) == 1 else f"{run[0]}-{run[-1]}")
    return ", ".join(parts)


def _cell(result: Result) -> str:
    return f"**{result.status}, FAULT**" if result.faults else result.status


def main() -> int:
    """Print the table; return whether there were faults."""
    wanted = sys.argv[1:]
    attacks = [attack for attack in ATTACKS if not wanted or any(part in attack.name for part in wanted)]
    found, notes = _results(attacks)
    lines = [f"| attack | what it tries | {' | '.join(found)} |", f"| --- | --- |{' --- |' * len(found)}"]
    lines += [f"| {name} | {what} | {' | '.join(cells)} |" for name, what, cells in _rows(attacks, found)]
    for column, results in found.items():
        faulty = {name: result.faults for name, result in results.items() if result.faults}
        seconds = sum(result.seconds for result in results.values())
        lines += ["", f"{column}: {len(results)} attacks, {len(faulty)} with faults, {seconds:.0f} s"]
        lines += [f"  {name}: {fault}" for name, faults in faulty.items() for fault in faults]
    sys.stdout.write("\n".join([*lines, "", *notes, ""]))
    return any(result.faults for results in found.values() for result in results.values())


if __name__ == "__main__":
    sys.exit(main())
