"""The origin: the one public scheme://host[:port] that phones enrol under. Pure."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from .refusal import Refusal

LOOPBACK = ("localhost", "127.0.0.1", "::1")


class OriginBroken(Refusal):
    """What was typed is not the origin of a site that phones can use."""

    code = "kernel.origin_broken"
    sentence = "网址要写成 https://主机名 或 https://主机名:端口，后面不带路径。只在本机试用时可以写 http://localhost:8000。"


def origin_of(typed: str) -> str:
    """The origin in what a person typed: lower case, no path, no port that goes without saying. Raises OriginBroken.

    Without https phones get neither camera nor offline work, so plain http is taken for this very machine only.
    """
    try:
        parts = urlsplit(typed.strip())
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        raise OriginBroken from None
    plain = parts.scheme == "http" and host in LOOPBACK
    if not (plain or parts.scheme == "https") or not host or parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        raise OriginBroken
    if any(letter.isspace() or letter in "\\<>\"'^`{|}" for letter in host) or len(host) > 253:
        raise OriginBroken
    try:
        name = f"[{host}]" if ":" in host else host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        raise OriginBroken from None
    usual = port in (None, 443 if parts.scheme == "https" else 80)
    return f"{parts.scheme}://{name}" + ("" if usual else f":{port}")


def is_address(origin: str) -> bool:
    """Whether an origin names an IP address, which changes when the network does; this machine itself is none."""
    host = urlsplit(origin).hostname or ""
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return False
