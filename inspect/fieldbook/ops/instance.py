"""The instance: one county's folder with its database, photos, secret, settings and locks."""

import fcntl
import os
import secrets
import tomllib
from pathlib import Path
from typing import IO, TYPE_CHECKING

from .unready import Unready

if TYPE_CHECKING:
    from fieldbook.kernel import Settings

ROOT = Path(__file__).resolve().parents[3]

SETTINGS = """\
# Settings of this Fieldbook. Every line may stay a comment; FIELDBOOK_<NAME> in the environment wins.
# 本实例的设置。各行可保持注释状态；环境变量 FIELDBOOK_<名称> 优先。
{demo}
# county = "示例县"
# county_en = "Sample county"
# origin = "https://fieldbook.example.gov.cn"   # the one address phones use; fix it before the first phone enrols
# proxies = 0                                   # reverse proxies in front of this server
# backup_folder = "/mnt/second-disk/fieldbook"   # empty: backups/ in this folder
# backup_key = "age1…"                           # backups are encrypted for it; ./run backup --new-key FILE makes one
# database_url = "postgresql+psycopg://fieldbook@/fieldbook"   # empty: SQLite in this folder
"""


def default_instance(*, demo: bool) -> Path:
    """Where an instance lives when nobody says otherwise."""
    return ROOT / ("instance-demo" if demo else "instance")


def make_instance(folder: Path, *, demo: bool) -> bool:
    """Make what is missing of an instance: its folders, its secret (32 random bytes, 0600), its settings file.

    Returns whether it is a demo. Raises Unready when the folder cannot be written or is another kind of instance.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("photos", "backups", "incoming"):
            (folder / name).mkdir(mode=0o700, exist_ok=True)
        _write_once(folder / "settings.toml", SETTINGS.format(demo="demo = true" if demo else "# demo = false"), 0o600)
        _write_once(folder / "secret", secrets.token_hex(32) + "\n", 0o600)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(13, "not writable", str(folder))
    except OSError as reason:
        raise Unready(
            f"无法写入实例目录 {folder}（{reason.strerror}）。请换一个目录（--instance 目录）或修改权限。",
            f"The instance folder {folder} cannot be written ({reason.strerror}). Name another with --instance, or change its permissions.",
        ) from None
    is_demo = _is_demo(folder)
    if demo and not is_demo:
        raise Unready(
            f"{folder} 里是正式数据，不能当演示用。请去掉 --demo，或用 --instance 另选目录。",
            f"{folder} holds a real county and is not used for a demo. Leave out --demo, or name another folder with --instance.",
        )
    return is_demo


def hold(folder: Path) -> IO[bytes]:
    """Take this instance for one server, until the process ends. Raises Unready when another has it."""
    lock = (folder / "serve.lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.close()
        raise Unready(
            f"已有一个巡查簿正在使用 {folder}。请先停掉它，或用 --instance 另选目录。",
            f"Another Fieldbook is already serving {folder}. Stop it first, or name another folder with --instance.",
        ) from None
    return lock


def _write_once(file: Path, text: str, mode: int) -> None:
    """Write a new file whole or not at all; one that exists stays as it is."""
    if file.exists():
        return
    part = file.with_name(f"{file.name}.{os.getpid()}.part")
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    try:
        os.write(handle, text.encode())
        os.fsync(handle)
    finally:
        os.close(handle)
    os.replace(part, file)


def _is_demo(folder: Path) -> bool:
    try:
        return tomllib.loads((folder / "settings.toml").read_text("utf-8")).get("demo") is True
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as reason:
        raise broken_settings(str(reason)) from None


def settings_of(instance: Path) -> "Settings":
    """The instance's settings; raises Unready. The rooms are loaded only now: the supervisor has no use for them."""
    from fieldbook.kernel import Settings, SettingsBroken

    try:
        return Settings.load(instance)
    except SettingsBroken as reason:
        raise broken_settings(str(reason)) from None


def broken_settings(reason: str) -> Unready:
    """The settings cannot be used; `reason` is already a sentence or a parser's words."""
    reason = " ".join(reason.split())
    return Unready(f"设置无法使用：{reason}。请修改 settings.toml 后再试。", f"The settings cannot be used: {reason}. Correct settings.toml and try again.")
