"""The plain-http port beside https: how to trust the county's authority, its file, and a way to https. Nothing else.

Nobody can come in by https before their device trusts the authority, so this one page has to travel without it; the
fingerprint is what makes that safe. Only Python's own library is loaded: the process costs 15 MB.
"""

import asyncio
import signal
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

#: longest request line with its headers, longest time for both, most connections at once
HEAD_BYTES, HEAD_SECONDS, CONNECTIONS = 8192, 10, 256
#: path -> (file in the folder; "*" stands for the language, media type)
SHOWN = {
    "/trust": ("trust.*.html", "text/html; charset=utf-8"),
    "/authority.crt": ("authority.crt", "application/x-x509-ca-cert"),
    "/static/css/tokens.css": ("tokens.css", "text/css; charset=utf-8"),
    "/static/css/trust.css": ("trust.css", "text/css; charset=utf-8"),
}
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Connection": "close",
}


@dataclass(frozen=True)
class Answer:
    """What is sent back: status with its phrase, headers of its own, bytes."""

    status: str
    headers: dict[str, str]
    body: bytes = b""


def run_plain(host: str, port: int, folder: Path, origin: str) -> None:
    """Serve `folder` until SIGTERM; everything else leads to `origin`."""
    asyncio.run(_serve(host, port, folder, origin))


async def _serve(host: str, port: int, folder: Path, origin: str) -> None:
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    free = asyncio.Semaphore(CONNECTIONS)

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if free.locked():
                return
            async with free, asyncio.timeout(HEAD_SECONDS):
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
                writer.write(_written(answer(head, folder, origin), with_body=not head.startswith("HEAD ")))
                await writer.drain()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(greet, host, port, limit=HEAD_BYTES)
    async with server:
        await ended.wait()


def answer(head: str, folder: Path, origin: str) -> Answer:
    """What is answered to a request's line and headers."""
    line, *fields = head.split("\r\n")
    words = line.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1.") or not words[1].startswith("/"):
        return Answer("400 Bad Request", {})
    if words[0] not in ("GET", "HEAD"):
        return Answer("405 Method Not Allowed", {"Allow": "GET, HEAD"})
    parts = urlsplit(words[1].replace("//", "/"))
    if parts.path not in SHOWN:
        return Answer("307 Temporary Redirect", {"Location": origin + quote(unquote(parts.path), safe="/-._~@")})
    file, kind = SHOWN[parts.path]
    told = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    body = (folder / file.replace("*", _language(parts.query, told.get("accept-language", "")))).read_bytes()
    more = {"Content-Disposition": 'attachment; filename="fieldbook-authority.crt"'} if file == "authority.crt" else {}
    return Answer("200 OK", {"Content-Type": kind, "Vary": "Accept-Language", **more}, body)


def _language(query: str, accepted: str) -> str:
    """zh or en: as asked for, else the first of the two that the browser names, else Chinese."""
    asked = parse_qs(query).get("lang", [""])[0]
    if asked in ("zh", "en"):
        return asked
    return next(
        (part.strip()[:2].lower() for part in accepted.split(",") if part.strip()[:2].lower() in ("zh", "en")), "zh"
    )


def _written(answer: Answer, *, with_body: bool) -> bytes:
    fields = {**HEADERS, **answer.headers, "Content-Length": str(len(answer.body))}
    head = "\r\n".join([f"HTTP/1.1 {answer.status}", *(f"{name}: {value}" for name, value in fields.items()), "", ""])
    return head.encode("latin-1") + (answer.body if with_body else b"")
