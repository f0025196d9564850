"""Secret tokens: what is given to a person once, and what is kept of it."""

import hashlib
import secrets

#: read aloud and typed without mistakes: no I, L, O, U, 0 and 1
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
#: 5 groups of 4 letters: 98 bits, far beyond guessing within a day
GROUPS, GROUP = 5, 4


def token_hash(token: str) -> str:
    """What is kept of a secret token."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_entry_token() -> str:
    """A one-time token that can also be typed: "K7QW-…"."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(GROUPS))


def as_typed(token: str) -> str:
    """A typed one-time token as it was given: capitals, groups of four."""
    letters = [letter for letter in token[:60].upper() if letter in LETTERS]
    return "-".join("".join(letters[at : at + GROUP]) for at in range(0, len(letters), GROUP))
