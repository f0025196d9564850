"""What is wrong with an instance, or will be: one line a finding, each with what to do."""

import os
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import sqlcipher3.dbapi2 as sqlite

from fieldbook.kernel import Settings, copies, county, db

from .authority import read
from .backup import is_due
from .defused import of_xml
from .migrate import configuration, revision_now

FREE_BYTES = 2 * 1024**3


def examine(settings: Settings, now: datetime) -> Iterator[tuple[str, str]]:
    """Pairs of Chinese and English sentences; nothing when all is well. Needs an application context."""
    yield from of_origin(settings.origin or county(db.session()).origin)
    yield from of_xml()
    yield from _of_files(settings.instance)
    yield from of_certificate(settings.instance, settings.origin or county(db.session()).origin, now)
    yield from _of_database(settings, now)


def of_origin(origin: str) -> Iterator[tuple[str, str]]:
    """What is wrong with the one address that phones use."""
    if not origin:
        yield "还没有设置 origin。请在第一部手机登记之前，在 settings.toml 里定下唯一的访问地址。", "No origin is set. Fix the one public address in settings.toml before the first phone enrols."
        return
    parts = urlsplit(origin)
    loopback = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not loopback:
        yield f"{origin} 不是 https，手机不能离线使用。", f"{origin} is not https: phones cannot work offline."
    if parts.path.strip("/") or parts.query or not parts.hostname:
        yield f"origin 只写协议、主机名和端口，不要带路径：{origin}", f"An origin is scheme, host and port without a path: {origin}"
    try:
        ip_address(parts.hostname or "")
    except ValueError:
        return
    if not loopback:
        yield "origin 是 IP 地址。换地址时手机里未发的内容会留在旧地址，请改用域名。", "The origin is an IP address. When it changes, what phones have not sent stays behind under the old one: use a name."


def of_certificate(instance: Path, origin: str, now: datetime) -> Iterator[tuple[str, str]]:
    """What is wrong with the county's own authority and certificate, if it has one."""
    if not (instance / "tls").exists():
        return
    certified = read(instance)
    if certified is None:
        yield f"{instance / 'tls'} 里的证书读不出来。用 --https 启动会重新签发。", f"The certificate in {instance / 'tls'} cannot be read: a start with --https makes it anew."
        return
    if certified.ends_at < now:
        yield f"证书已在 {certified.ends_at:%Y-%m-%d} 到期。用 --https 重新启动就会更新。", f"The certificate ended on {certified.ends_at:%Y-%m-%d}: a start with --https renews it."
    if certified.authority_ends_at - now < timedelta(days=365):
        yield f"证书机构将在 {certified.authority_ends_at:%Y-%m-%d} 到期，请安排每台设备信任新的（--new-authority）。", f"The authority ends on {certified.authority_ends_at:%Y-%m-%d}: plan for every device to trust a new one (--new-authority)."
    host = urlsplit(origin).hostname or ""
    if host and host not in certified.names:
        yield f"证书不包括 origin 里的 {host}。", f"The certificate is not for {host}, which the origin names."
    for name in ("signer.key", "server.key"):
        if (key := instance / "tls" / name).exists() and key.stat().st_mode & 0o077:
            yield f"别人可以读取 {key}，请运行 chmod 600。", f"Others can read {key}: run chmod 600 on it."


def _of_files(instance: Path) -> Iterator[tuple[str, str]]:
    secret = instance / "secret"
    if secret.exists() and secret.stat().st_mode & 0o077:
        yield f"别人可以读取 {secret}，请运行 chmod 600。", f"Others can read {secret}: run chmod 600 on it."
    for folder in (instance, instance / "photos"):
        if not os.access(folder, os.W_OK):
            yield f"无法写入 {folder}。", f"{folder} cannot be written."
    if (free := shutil.disk_usage(instance).free) < FREE_BYTES:
        yield f"磁盘只剩 {free // 1024**2} MB，照片可能存不下。", f"Only {free // 1024**2} MB are free: photos may not fit."


def _of_database(settings: Settings, now: datetime) -> Iterator[tuple[str, str]]:
    from alembic.script import ScriptDirectory

    if revision_now() != ScriptDirectory.from_config(configuration()).get_current_head():
        yield "数据库不是最新版本，下次启动时会自动更新。", "The database is not up to date; the next start brings it there."
    if db.engine.dialect.name != "sqlite":
        yield "PostgreSQL 的备份不由本程序负责，请用 pg_dump 或持续归档。", "Backups of PostgreSQL are not made here: use pg_dump or continuous archiving."
        return
    if sqlite.sqlite_version_info < (3, 51, 3):
        yield f"SQLite {sqlite.sqlite_version} 可能损坏数据库，请重新安装依赖。", f"SQLite {sqlite.sqlite_version} may corrupt the database: install the requirements again."
    if is_due(settings.backups, now - timedelta(days=1)):
        newest = copies(settings.backups)[:1]
        when = newest[0].file.name if newest else "none"
        yield f"超过一天没有备份（最近：{when}）。", f"No backup for more than a day (newest: {when})."
