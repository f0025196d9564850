"""The phone's app as files: its one page, its modules, its service worker, its icons.

Everything under /app/ is the same for everybody and holds nothing about anybody. The modules are served as they are
written, only without comments; one list with hashes says what a version consists of, and the service worker takes a version
over only when every file of it has arrived with the hash in the list.
"""

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from flask import Blueprint, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from . import parcel as parcels
from .doors import PUBLIC, house, needs

bp = Blueprint("shell", __name__)

#: bare names in import statements -> vendored files, as seen by the browser
IMPORTS = {
    "preact": "/app/js/vendor/preact/preact.mjs",
    "preact/hooks": "/app/js/vendor/preact/hooks.mjs",
    "@preact/signals": "/app/js/vendor/signals/signals.mjs",
    "@preact/signals-core": "/app/js/vendor/signals/signals-core.mjs",
    "htm": "/app/js/vendor/htm/htm.mjs",
    "idb": "/app/js/vendor/idb/idb.mjs",
}
START = "/app/js/start.js"
#: the two files in which the modules are handed over: what the start needs, and the screens that are shown later
FIRST_PARCEL, LATER_PARCEL = "/app/js/parcel/start.js", "/app/js/parcel/later.js"
STYLES = ("tokens.css", "phone.css")
#: a worker runs under the header of its own file
WORKERS = {"/app/js/work/shrink-worker.js", "/app/js/store/log-worker.js", "/app/sw.js"}

CSP_WORKER = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
#: if this file lies in the instance, phones get a service worker that takes itself away; what they hold is not touched
OFF_SWITCH = "phone-worker-off"

TYPES = {
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
    ".html": "text/html; charset=utf-8",
}


@dataclass(frozen=True)
class Part:
    """One file as it is served."""

    body: bytes
    kind: str
    sha256: str
    zipped: bytes | None
    csp: str | None = None


@dataclass
class Shell:
    """All files of the phone's app, in memory, by address."""

    parts: dict[str, Part] = field(default_factory=dict)
    version: str = ""
    #: modules that the start page needs at once, found by following import statements
    first: list[str] = field(default_factory=list)
    off: Part | None = None


def plain_js(text: str, *, tight: bool = False) -> str:
    """The module without its comments, which are for those who read the source; tight: without indents and blanks too.

    Knows strings, template literals and regular expressions as far as this house's code uses them. Line breaks stay wherever
    the language might read a meaning into them.
    """
    out = _Tight() if tight else _Lines()
    nested: list[tuple[int, bool]] = []  # for each open template literal: depth of braces, and whether it is markup
    depth = 0
    at = 0
    while at < len(text):
        two = text[at : at + 2]
        one = text[at]
        if two == "//":
            at = _until(text, "\n", at)
        elif two == "/*":
            end = text.index("*/", at) + 2
            out.space("\n" if "\n" in text[at:end] else " ")
            at = end
        elif one.isspace():
            out.space(one)
            at += 1
        elif one in "\"'":
            end = _end_of_string(text, at)
            out.put(text[at:end])
            at = end
        elif one == "`" or (one == "}" and nested and nested[-1][0] == depth):
            is_markup = nested.pop()[1] if one == "}" else out.ends_with("html")
            end, opened = _end_of_template(text, at + 1)
            if opened:
                nested.append((depth, is_markup))
            out.put(re.sub(r"\n\s+", "\n", text[at:end]) if is_markup and tight else text[at:end])
            at = end
        elif one == "/" and _begins_regex(out.last(40)):
            end = _end_of_regex(text, at)
            out.put(text[at:end])
            at = end
        else:
            depth += {"{": 1, "}": -1}.get(one, 0)
            out.put(one)
            at += 1
    return out.text()


class _Lines:
    """Code written line by line as it stands."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def space(self, blank: str) -> None:
        self._parts.append(blank)

    def put(self, piece: str) -> None:
        self._parts.append(piece)

    def last(self, count: int) -> str:
        return "".join(self._parts[-count:])

    def ends_with(self, word: str) -> bool:
        return self.last(len(word)).endswith(word)

    def text(self) -> str:
        return "\n".join(line.rstrip() for line in "".join(self._parts).split("\n"))


class _Tight(_Lines):
    """Code written without the blanks that mean nothing."""

    def __init__(self) -> None:
        super().__init__()
        self._blank = ""

    def space(self, blank: str) -> None:
        self._blank = "\n" if "\n" in (blank, self._blank) else " "

    def put(self, piece: str) -> None:
        before = self._parts[-1][-1] if self._parts else "{"
        after = piece[0]
        if self._blank == "\n" and before not in "{([,;:?=&|<>*%!" and after not in "})],;.?:":
            self._parts.append("\n")
        elif self._blank and ((_is_word(before) and _is_word(after)) or before == after or "/" in (before, after)):
            self._parts.append(" ")
        self._blank = ""
        self._parts.append(piece)

    def ends_with(self, word: str) -> bool:
        return not self._blank and super().ends_with(word)

    def text(self) -> str:
        return "".join(self._parts) + "\n"


def _is_word(letter: str) -> bool:
    return letter.isalnum() or letter in "_$#@" or letter > "\x7f"


def _until(text: str, what: str, at: int) -> int:
    end = text.find(what, at)
    return len(text) if end < 0 else end


def _end_of_string(text: str, at: int) -> int:
    quote, at = text[at], at + 1
    while text[at] != quote:
        at += 2 if text[at] == "\\" else 1
    return at + 1


def _end_of_template(text: str, at: int) -> tuple[int, bool]:
    """Where this stretch of a template literal ends, and whether an expression begins there."""
    while text[at] != "`":
        if text[at] == "\\":
            at += 2
        elif text.startswith("${", at):
            return at + 2, True
        else:
            at += 1
    return at + 1, False


def _begins_regex(before: str) -> bool:
    before = before.rstrip()
    return not before or before[-1] in "(,=:[!&|?{};>" or bool(re.search(r"\b(return|typeof|case|in|of)$", before))


def _end_of_regex(text: str, at: int) -> int:
    in_class, at = False, at + 1
    while in_class or text[at] != "/":
        if text[at] == "\\":
            at += 1
        elif text[at] in "[]":
            in_class = text[at] == "["
        at += 1
    return at + 1


def build(root: Path) -> Shell:
    """Read the phone's app from `root`/static."""
    shell = Shell()
    static = root / "static"

    def add(address: str, body: bytes, suffix: str) -> None:
        zipped = None if suffix == ".png" else gzip.compress(body, 9, mtime=0)
        csp = CSP_WORKER if address in WORKERS or address == "/off" else None
        shell.parts[address] = Part(body, TYPES[suffix], hashlib.sha256(body).hexdigest(), zipped, csp)

    for path in sorted((static / "phone").rglob("*.js")):
        name = path.relative_to(static / "phone").as_posix()
        if not name.startswith("sw"):
            add(f"/app/js/{name}", plain_js(path.read_text("utf-8")).encode(), ".js")
    for address in IMPORTS.values():
        # a map that is not there would only be asked for in vain
        text = re.sub(r"\n?//# sourceMappingURL=.*", "", (static / address.removeprefix("/app/js/")).read_text("utf-8"))
        # idb comes as its authors wrote it, the others as small as they can be
        add(address, (plain_js(text, tight=True) if address == IMPORTS["idb"] else text).encode(), ".mjs")
    for name in STYLES:
        if (static / "css" / name).is_file():
            css = re.sub(r"/\*.*?\*/", "", (static / "css" / name).read_text("utf-8"), flags=re.DOTALL)
            add(f"/app/css/{name}", re.sub(r"\n\s*", "\n", css).strip().encode(), ".css")
    for path in sorted((static / "phone" / "icons").glob("*.*")):
        add(f"/app/icons/{path.name}", path.read_bytes(), path.suffix)
    add("/app/manifest.webmanifest", _manifest(), ".webmanifest")
    parcelled = _parcel(shell, add)
    add("/app/", _page(shell), ".html")
    shell.parts["/app/"] = _with_csp(shell.parts["/app/"])

    listed = [[address, part.sha256] for address, part in shell.parts.items() if address not in parcelled]
    shell.version = hashlib.sha256(json.dumps(listed).encode()).hexdigest()[:12]
    front = f"const VERSION = {json.dumps(shell.version)};\nconst FILES = {json.dumps(listed, separators=(',', ':'))};\n"
    worker = static / "phone" / "sw.js"
    if worker.is_file():
        add("/app/sw.js", (front + plain_js(worker.read_text("utf-8"))).encode(), ".js")
    off = (static / "phone" / "sw-off.js").read_text("utf-8") if (static / "phone" / "sw-off.js").is_file() else ""
    add("/off", off.encode(), ".js")
    shell.off = shell.parts.pop("/off")
    return shell


def _manifest() -> bytes:
    return json.dumps(
        {
            "id": "/app/",
            "name": "巡查簿",
            "short_name": "巡查簿",
            "lang": "zh-CN",
            "start_url": "/app/",
            "scope": "/app/",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#0b6b57",
            "icons": [
                {"src": "/app/icons/icon.svg", "sizes": "any", "type": "image/svg+xml"},
                {"src": "/app/icons/icon-192.png", "sizes": "192x192", "type": "image/png"},
                {"src": "/app/icons/icon-512.png", "sizes": "512x512", "type": "image/png"},
                {"src": "/app/icons/maskable-512.png", "sizes": "512x512", "type": "image/png", "purpose": "maskable"},
            ],
        },
        ensure_ascii=False,
    ).encode()


def _parcel(shell: Shell, add: Callable[[str, bytes, str], None]) -> set[str]:
    """Lay the modules into two parcels; gives the addresses that no phone fetches by themselves any more.

    The modules stay addressable one by one, for those who look for a fault and for workers, which have a world of their own.
    """
    texts = {address: part.body.decode() for address, part in shell.parts.items() if address.endswith(".js")}

    def needed(address: str) -> list[str]:
        return [one for one in parcels.needs(texts[address], lambda name: _meant(address, name)) if one in texts]

    def on_demand(addresses: list[str]) -> list[str]:
        found = [one for address in addresses for one in parcels.asked_later(texts[address], lambda name, at=address: _meant(at, name))]  # type: ignore[misc]
        return [address for address in dict.fromkeys(found) if needed(address) or address in first]

    first: list[str] = []
    first += parcels.in_order([START], needed)
    rest = [address for address in parcels.in_order(on_demand(first), needed) if address not in first]
    where = dict.fromkeys(rest, LATER_PARCEL) | dict.fromkeys(first, FIRST_PARCEL)
    beside = dict.fromkeys(first, FIRST_PARCEL)
    add(FIRST_PARCEL, plain_js(parcels.parcel(first, texts, _meant, last=START, later=where), tight=True).encode(), ".js")
    add(LATER_PARCEL, plain_js(parcels.parcel(rest, texts, _meant, beside=beside, later=where), tight=True).encode(), ".js")
    shell.first = [FIRST_PARCEL, *IMPORTS.values()]
    of_workers = parcels.in_order([address for address in WORKERS if address in texts], needed)
    return {*first, *rest} - set(of_workers)


def _meant(address: str, name: str) -> str:
    """What an import in a module means: a library's bare name, or the address of a module."""
    return name if name in IMPORTS else _resolve(address, name)


def _resolve(address: str, name: str) -> str:
    base = address.split("/")[:-1]
    for step in name.split("/"):
        if step == "..":
            base.pop()
        elif step != ".":
            base.append(step)
    return "/".join(base)


def _import_map() -> str:
    return json.dumps({"imports": IMPORTS}, separators=(",", ":"))


def _page(shell: Shell) -> bytes:
    # the parcel first, for it is the longest: a browser asks for six files at a time
    preload = "\n".join(f'<link rel="modulepreload" href="{address}">' for address in shell.first)
    styles = "\n".join(f'<link rel="stylesheet" href="/app/css/{name}">' for name in STYLES)
    return f"""<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover">
<title>巡查簿</title>
<meta name="theme-color" content="#ffffff" media="(prefers-color-scheme: light)">
<meta name="theme-color" content="#182128" media="(prefers-color-scheme: dark)">
<link rel="manifest" href="/app/manifest.webmanifest">
<link rel="icon" href="/app/icons/icon-192.png" type="image/png">
<link rel="apple-touch-icon" href="/app/icons/icon-192.png">
{styles}
<script type="importmap">{_import_map()}</script>
{preload}
<script type="module" src="{FIRST_PARCEL}"></script>
</head>
<body>
<div id="app"></div>
<noscript><p>巡查簿要用到脚本，请在浏览器设置里允许。Fieldbook needs JavaScript; please allow it in the browser's settings.</p></noscript>
</body>
</html>
""".encode()


def _with_csp(page: Part) -> Part:
    """The page's policy names its one inline script, the import map, by hash: a nonce would change the cached page."""
    digest = base64.b64encode(hashlib.sha256(_import_map().encode()).digest()).decode()
    csp = (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
        "worker-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types fieldbook"
    )
    return Part(page.body, page.kind, page.sha256, page.zipped, csp)


#: what was built last from each folder, and of what moment
_built: dict[Path, tuple[float, Shell]] = {}


def shell_of() -> Shell:
    """The app's files: read once a process, or anew whenever a file changed while one is at work on them (debug)."""
    root = Path(current_app.root_path)
    stamp = _stamp(root) if current_app.debug or current_app.testing else 0.0
    known = _built.get(root)
    if known is None or known[0] != stamp:
        known = _built[root] = (stamp, build(root))
    return known[1]


def _stamp(root: Path) -> float:
    static = root / "static"
    files = [*(static / "phone").rglob("*"), *(static / "css").glob("*.css")]
    return max((path.stat().st_mtime for path in files), default=0.0)


def _answer(part: Part | None) -> Response:
    """One file, with its hash as ETag: asked about each time, sent only when it changed."""
    if part is None:
        raise NotFound
    zip_it = part.zipped is not None and request.accept_encodings.quality("gzip") > 0
    answer = Response(part.zipped if zip_it else part.body, content_type=part.kind)
    if zip_it:
        answer.content_encoding = "gzip"
    answer.vary.add("Accept-Encoding")
    answer.headers["Cache-Control"] = "no-cache"
    if part.csp:
        answer.headers["Content-Security-Policy"] = part.csp
    answer.set_etag(part.sha256[:24], weak=True)
    return answer.make_conditional(request)


@bp.get("/app")
@needs(PUBLIC)
def bare() -> ResponseReturnValue:
    """The address as people type it."""
    return redirect("/app/", 308)


@bp.get("/app/")
@bp.get("/app/<path:deep>")
@needs(PUBLIC)
def page(deep: str = "") -> ResponseReturnValue:
    """The one page of the phone's app; what follows /app/ is read by the app itself."""
    return _answer(shell_of().parts["/app/"])


@bp.get("/app/js/<path:name>")
@needs(PUBLIC)
def module(name: str) -> ResponseReturnValue:
    """A module of the app, or of a vendored library."""
    return _answer(shell_of().parts.get(f"/app/js/{name}"))


@bp.get("/app/css/<name>")
@needs(PUBLIC)
def style(name: str) -> ResponseReturnValue:
    """A style sheet of the app."""
    return _answer(shell_of().parts.get(f"/app/css/{name}"))


@bp.get("/app/icons/<name>")
@needs(PUBLIC)
def icon(name: str) -> ResponseReturnValue:
    """The app's picture on a home screen."""
    return _answer(shell_of().parts.get(f"/app/icons/{name}"))


@bp.get("/app/manifest.webmanifest")
@needs(PUBLIC)
def manifest() -> ResponseReturnValue:
    """What a browser needs to install the app."""
    return _answer(shell_of().parts["/app/manifest.webmanifest"])


@bp.get("/app/sw.js")
@needs(PUBLIC)
def worker() -> ResponseReturnValue:
    """The service worker, with the list of this version's files in front."""
    shell = shell_of()
    return _answer(shell.off if (house().settings.instance / OFF_SWITCH).exists() else shell.parts.get("/app/sw.js"))
