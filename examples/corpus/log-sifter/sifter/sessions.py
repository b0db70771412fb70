"""Cut a web log into visits: a gap of 30 minutes starts a new one."""

GAP_MINUTES = 30

LOG = """\
09:00 anna /
09:02 anna /search
09:03 boris /
09:20 anna /item/7
10:01 anna /cart
10:04 anna /checkout
10:05 boris /item/7
10:05 boris /item/9
10:40 boris /cart
oops, a line that is not an entry
11:30 chen /
"""


def minutes(clock):
    """Turn "HH:MM" into minutes since midnight; raise ValueError when it is not."""
    hours, _, rest = clock.partition(":")
    if not (hours.isdigit() and rest.isdigit() and int(rest) < 60):
        raise ValueError(f"bad time {clock!r}")
    return int(hours) * 60 + int(rest)


def parse(lines):
    """Return (entries, skipped): (minute, user, path) tuples, and bad lines."""
    entries = []
    skipped = 0
    for line in lines:
        fields = line.split()
        if len(fields) != 3:
            skipped += 1
            continue
        try:
            entries.append((minutes(fields[0]), fields[1], fields[2]))
        except ValueError:
            skipped += 1
    return entries, skipped


def sessions(entries, gap=GAP_MINUTES):
    """Return user -> list of visits, each a list of (minute, path)."""
    visits = {}
    for minute, user, path in sorted(entries):
        mine = visits.setdefault(user, [])
        if not mine or minute - mine[-1][-1][0] >= gap:
            mine.append([])
        mine[-1].append((minute, path))
    return visits


def describe(visit):
    """Summarise a visit: how long, how many pages, and how it ended."""
    length = visit[-1][0] - visit[0][0]
    last = visit[-1][1]
    if last == "/checkout":
        outcome = "bought"
    elif any(path == "/cart" for _, path in visit):
        outcome = "left a cart"
    elif len(visit) == 1:
        outcome = "bounced"
    else:
        outcome = "looked around"
    return f"{len(visit)} pages in {length} min, {outcome}"


def main():
    """Print the visits of every user."""
    entries, skipped = parse(LOG.splitlines())
    for user, visits in sorted(sessions(entries).items()):
        print(f"{user}: {len(visits)} visit(s)")
        for visit in visits:
            hours, rest = divmod(visit[0][0], 60)
            print(f"  {hours:02d}:{rest:02d}  {describe(visit)}")
    print(f"{len(entries)} entries, {skipped} skipped")


if __name__ == "__main__":
    main()
