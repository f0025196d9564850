"""How guessing is slowed. Pure."""

FREE_TRIES = 5
LONGEST_SECONDS = 900


def wait_seconds(failures: int) -> int:
    """Seconds to wait after this many wrong passwords in a row: none for the first five, then 2, 4, 8 … at most 15 minutes."""
    return 0 if failures < FREE_TRIES else int(min(2 ** (failures - FREE_TRIES + 1), LONGEST_SECONDS))
