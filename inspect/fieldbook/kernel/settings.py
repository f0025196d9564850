"""Settings of one instance: its folder, its county, its secret. Environment first, then settings.toml."""

import os
import tomllib
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

#: what stands in secrets that were copied from somewhere, and in no random one
COPIED = ("secret", "password", "change", "default", "example", "replace")


class SettingsBroken(Exception):
    """The settings cannot be used; the message is one sentence for the person who started the server."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What a running Fieldbook needs to know.

    instance: the folder of the database, the photos, the secret and the locks.
    database_url: SQLAlchemy URL; empty means SQLite in `instance`.
    secret: at least 32 characters; signs the forms' tokens.
    origin: the one public scheme://host:port phones enrol under; empty while it is not fixed.
    proxies: how many reverse proxies stand in front and may set X-Forwarded-*.
    trusted_hosts: host names answered to; empty means any.
    backup_folder: where backups go, best on another disk; empty means `backups` in `instance`.
    backup_key: the age recipient (age1…) that backups are encrypted for; empty means they are not.
    """

    instance: Path
    secret: str
    database_url: str = ""
    county: str = "示例县"
    county_en: str = "Sample county"
    demo: bool = False
    origin: str = ""
    proxies: int = 0
    trusted_hosts: tuple[str, ...] = ()
    timezone: str = "Asia/Shanghai"
    backup_folder: str = ""
    backup_key: str = ""
    extra: dict[str, object] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return self.database_url or f"sqlite:///{self.instance / 'fieldbook.sqlite'}"

    @property
    def photos(self) -> Path:
        return self.instance / "photos"

    @property
    def backups(self) -> Path:
        return Path(self.backup_folder).expanduser() if self.backup_folder else self.instance / "backups"

    @classmethod
    def load(cls, instance: Path) -> "Settings":
        """Read `instance`/secret and `instance`/settings.toml; FIELDBOOK_<NAME> in the environment wins.

        Raises SettingsBroken when a value is unknown, of the wrong kind, or the secret is missing or short.
        """
        values: dict[str, object] = {}
        file = instance / "settings.toml"
        if file.exists():
            try:
                values = tomllib.loads(file.read_text("utf-8"))
            except (tomllib.TOMLDecodeError, UnicodeDecodeError) as reason:
                raise SettingsBroken(f"{file} cannot be read: {reason}") from reason
        kinds = {"database_url": str, "county": str, "county_en": str, "demo": bool, "origin": str, "proxies": int, "trusted_hosts": list, "timezone": str}
        kinds |= {"backup_folder": str, "backup_key": str}
        for name, kind in kinds.items():
            given = os.environ.get(f"FIELDBOOK_{name.upper()}")
            if given is not None:
                try:
                    values[name] = given.split(",") if kind is list else given in ("1", "true", "yes") if kind is bool else kind(given)
                except ValueError as reason:
                    raise SettingsBroken(f"FIELDBOOK_{name.upper()} should be a {kind.__name__}, not {given!r}") from reason
        for name, value in values.items():
            if name not in kinds:
                raise SettingsBroken(f"{file} has an unknown setting: {name}")
            if type(value) is not kinds[name]:  # to Python, true is a number
                raise SettingsBroken(f"{file}: {name} should be a {kinds[name].__name__}")
        hosts = values.pop("trusted_hosts", ())
        secret_file = instance / "secret"
        secret = os.environ.get("FIELDBOOK_SECRET") or (secret_file.read_text("ascii", errors="ignore").strip() if secret_file.exists() else "")
        if len(secret) < 32 or len(set(secret)) < 10 or any(word in secret.lower() for word in COPIED):
            raise SettingsBroken(f"The secret in {secret_file} is missing, too short or too plain; 32 random characters are needed")
        return cls(instance=instance, secret=secret, trusted_hosts=tuple(str(host) for host in hosts), **values)  # type: ignore[arg-type, attr-defined]
