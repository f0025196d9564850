"""Passwords: argon2id, at most two at once, and no password that everybody tries first."""

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fieldbook.kernel import Refusal

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: each hash takes 19 MiB; a crowd logging in must not take all memory
_two_at_once = threading.BoundedSemaphore(2)

COMMON = frozenset(
    "12345678 123456789 1234567890 password password1 qwertyuiop 11111111 88888888 66666666 00000000 abc12345 a1234567 iloveyou "
    "qwer1234 1qaz2wsx woaini1314 5201314520 admin123 admin1234 fieldbook xunchabu".split()
)


class PasswordTooPlain(Refusal):
    """Shorter than 8, longer than 128, or on the list of what everybody tries first."""

    code = "accounts.password_too_plain"
    sentence = "密码要 8 到 128 个字，且不能是常见密码。请换一个，其余内容都在。"


def hash_password(password: str) -> str:
    """The argon2id hash (m = 19 MiB, t = 2, p = 1) of a new password. Raises PasswordTooPlain."""
    if not 8 <= len(password) <= 128 or password.lower() in COMMON:
        raise PasswordTooPlain
    with _two_at_once:
        return _hasher.hash(password)


def matches(stored: str, password: str) -> bool:
    """Whether the password belongs to the hash; takes as long for a wrong one."""
    with _two_at_once:
        try:
            return _hasher.verify(stored, password[:129])
        except (VerificationError, InvalidHashError):
            return False


#: what an unknown name is checked against, so that it takes as long as a known one
NOBODY = _hasher.hash("nobody has this password")


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker parameters than today's."""
    return _hasher.check_needs_rehash(stored)
