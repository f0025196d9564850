"""Parcels: the app's many small modules, handed over in two files. Pure: texts in, text out.

A phone pays for every module it fetches: a request, headers, a compilation. The source stays as it is, one small module a
thing; here the modules are laid one after another in the order they need each other, each in a function of its own, so that
names do not meet. Nothing is renamed or rewritten but the import and export statements, which this house writes in few forms.
Vendored libraries stay files of their own, as published.
"""

import re
from collections.abc import Callable, Mapping, Sequence

_IMPORT = re.compile(r"""^import\s+(?P<what>[^"';]+?)\s+from\s+["'](?P<name>[^"']+)["'];?[ \t]*$""", re.MULTILINE)
_EXPORT_FROM = re.compile(r"""^export\s*\{(?P<names>[^}]*)\}\s*from\s*["'](?P<name>[^"']+)["'];?[ \t]*$""", re.MULTILINE)
_EXPORT_LIST = re.compile(r"^export\s*\{(?P<names>[^}]*)\};?[ \t]*$", re.MULTILINE)
_EXPORT_THING = re.compile(r"^export\s+(?P<kind>(?:async\s+)?function\*?|class|const)\s+(?P<name>[A-Za-z_$][\w$]*)", re.MULTILINE)
_EXPORT_PARTS = re.compile(r"^export\s+const\s*\{(?P<names>[^}]*)\}\s*=", re.MULTILINE)
_LATER = re.compile(r"""\bimport\(\s*["'](?P<name>\.[^"']+)["']\s*\)""")
_LEFT_OVER = re.compile(r"^(?:import|export)\b[^(\n]*", re.MULTILINE)

#: how a parcel names its modules to the other one
SHELF = "modules"


class CannotParcel(Exception):
    """A module uses a form of import or export that is not known here, or modules need each other in a circle."""


def needs(text: str, resolve: Callable[[str], str]) -> list[str]:
    """The addresses that a module imports at its start, in order."""
    return [resolve(found["name"]) for pattern in (_IMPORT, _EXPORT_FROM) for found in pattern.finditer(text)]


def asked_later(text: str, resolve: Callable[[str], str]) -> list[str]:
    """The addresses that a module imports only when it comes to it."""
    return [resolve(found["name"]) for found in _LATER.finditer(text)]


def in_order(entries: Sequence[str], needed: Callable[[str], list[str]]) -> list[str]:
    """The entries and all that they need, each after what it needs. Raises CannotParcel for a circle."""
    order: list[str] = []
    open_: list[str] = []

    def visit(address: str) -> None:
        if address in order:
            return
        if address in open_:
            raise CannotParcel("modules need each other in a circle: " + " → ".join([*open_[open_.index(address) :], address]))
        open_.append(address)
        for one in needed(address):
            visit(one)
        open_.pop()
        order.append(address)

    for entry in entries:
        visit(entry)
    return order


def parcel(
    addresses: Sequence[str],
    texts: Mapping[str, str],
    resolve: Callable[[str, str], str],
    *,
    last: str | None = None,
    beside: Mapping[str, str] | None = None,
    later: Mapping[str, str] | None = None,
) -> str:
    """One module that holds `addresses`, in that order.

    texts: each module's source without comments. resolve(address, name): what an import in that module means.
    last: the module whose body runs at the parcel's own top level, so that it may wait. beside: addresses that another parcel
    holds -> that parcel's address. later: addresses imported on demand -> the parcel that holds them.
    Imports of anything else stay imports of files.
    """
    beside, later = beside or {}, later or {}
    number = {address: f"m{i}" for i, address in enumerate(addresses)}
    files: dict[str, str] = {}
    shelves: dict[str, str] = {}
    out: list[str] = []

    def home(address: str) -> str:
        if address in number:
            return number[address]
        if address in beside:
            shelf = shelves.setdefault(beside[address], f"s{len(shelves)}")
            return f'{shelf}["{address}"]'
        return files.setdefault(address, f"f{len(files)}")

    for address in addresses:
        text = texts[address]
        given: dict[str, str] = {}

        def take(found: re.Match[str], address: str = address) -> str:
            return _taken(found["what"], home(resolve(address, found["name"])))

        def pass_on(found: re.Match[str], address: str = address, given: dict[str, str] = given) -> str:
            place = home(resolve(address, found["name"]))
            given.update({shown: f"{place}.{name}" for name, shown in _pairs(found["names"])})
            return ""

        def listed(found: re.Match[str], given: dict[str, str] = given) -> str:
            given.update({shown: name for name, shown in _pairs(found["names"])})
            return ""

        def thing(found: re.Match[str], given: dict[str, str] = given) -> str:
            given[found["name"]] = found["name"]
            return f"{found['kind']} {found['name']}"

        def parts(found: re.Match[str], given: dict[str, str] = given) -> str:
            given.update({local: local for _, local in _pairs(found["names"].replace(":", " as "))})
            return f"const {{{found['names']}}} ="

        def on_demand(found: re.Match[str], address: str = address) -> str:
            wanted = resolve(address, found["name"])
            if wanted in later:
                return f'import("{later[wanted]}").then((parcel) => parcel.{SHELF}["{wanted}"])'
            return f'import("{wanted}")'

        text = _IMPORT.sub(take, text)
        text = _EXPORT_FROM.sub(pass_on, text)
        text = _EXPORT_LIST.sub(listed, text)
        text = _EXPORT_PARTS.sub(parts, text)
        text = _EXPORT_THING.sub(thing, text)
        text = _LATER.sub(on_demand, text)
        if left := _LEFT_OVER.search(text):
            raise CannotParcel(f"{address}: {left[0].strip()}")
        text = re.sub(r"\n\s*\n+", "\n", text).strip()
        if address == last:
            out.append("{\n" + text + "\n}")
        else:
            shown = ", ".join(name if name == value else f"{name}: {value}" for name, value in given.items())
            out.append(f"const {number[address]} = (() => {{\n{text}\nreturn {{ {shown} }};\n}})();")
    heads = [f'import * as {name} from "{address}";' for address, name in files.items()]
    heads += [f'import {{ {SHELF} as {name} }} from "{address}";' for address, name in shelves.items()]
    shelf = ", ".join(f'"{address}": {name}' for address, name in number.items() if address != last)
    # the shelf is filled before the last module runs, since what that one shows may already ask for the other parcel
    ending = out.pop() if last is not None else ""
    return "\n".join([*heads, *out, f"export const {SHELF} = {{ {shelf} }};", ending]).strip() + "\n"


def _taken(what: str, place: str) -> str:
    """`import what from place` as statements of constants."""
    what = what.strip()
    if what.startswith("* as "):
        return f"const {what[5:].strip()} = {place};"
    if what.startswith("{"):
        names = ", ".join(name if name == shown else f"{name}: {shown}" for name, shown in _pairs(what.strip("{}")))
        return f"const {{ {names} }} = {place};"
    return f"const {what} = {place}.default;"


def _pairs(names: str) -> list[tuple[str, str]]:
    """(name there, name here) of a list of imported or exported names."""
    pairs = []
    for one in names.split(","):
        words = one.split()
        if words:
            pairs.append((words[0], words[-1]))
    return pairs
