"""`python -m fieldbook.ops VERB`: what `./run` calls. Heavy imports wait until a verb needs them."""

import argparse
import json
import os
import sys
from pathlib import Path

from .instance import default_instance, hold, make_instance
from .processes import die_with
from .unready import Unready

PORT, HTTPS_PORT = 8000, 8443


def main(words: list[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    asked = _parser().parse_args(words)
    if asked.parent:
        die_with(asked.parent)
    folder = Path(asked.instance or os.environ.get("FIELDBOOK_INSTANCE") or default_instance(demo=getattr(asked, "demo", False))).expanduser().absolute()
    try:
        return int(globals()[f"_{asked.verb}"](folder, asked) or 0)
    except Unready as reason:
        print(reason, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--instance", metavar="DIR", help="实例目录 / the instance's folder")
    common.add_argument("--parent", type=int, help=argparse.SUPPRESS)
    parser = argparse.ArgumentParser(prog="./run", description="巡查簿 Fieldbook")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")

    def verb(name: str, words: str) -> argparse.ArgumentParser:
        if not words:  # for ourselves; a verb with a help text is listed, an empty one too
            return verbs.add_parser(name, parents=[common])
        return verbs.add_parser(name, parents=[common], help=words, description=words)

    serve = verb("serve", "启动服务 / serve this instance")
    web = verb("web", "")
    for one in (serve, web):
        one.add_argument("--host", help="监听地址 / address to listen at (127.0.0.1; with --https every address)")
        one.add_argument("--port", type=int, help=f"端口 / port ({PORT}; with --https {HTTPS_PORT})")
    web.add_argument("--tls", help=argparse.SUPPRESS)
    plain = verb("plain", "")
    for name in ("--host", "--folder", "--origin"):
        plain.add_argument(name, required=True)
    plain.add_argument("--port", type=int, required=True)
    verb("certificate", "")
    serve.add_argument(
        "--https",
        action="store_true",
        help="自建证书，用 https 服务 / serve https with a certificate of the county's own authority",
    )
    init = verb("init", "建立或更新数据库 / make the database or bring it up to date")
    init.add_argument("--https", metavar="HOST,PORT", help=argparse.SUPPRESS)
    for one in (serve, init):
        one.add_argument(
            "--plain-port",
            type=int,
            help="只放信任说明的 http 端口 / the http port that only says how to trust it (8080; 80 beside 443)",
        )
        one.add_argument(
            "--new-authority",
            action="store_true",
            help="重新建立证书机构，设备要重新信任 / begin a new authority, which every device has to trust anew",
        )
    init.add_argument("--json", action="store_true", help=argparse.SUPPRESS)
    for one in (serve, init):
        one.add_argument("--demo", action="store_true", help="演示县 / a county full of invented data")
    verb("work", "只运行后台任务 / run the jobs alone")
    verb("verify", "核对日志、状态和每张照片 / check the journal, every state and every photo")
    backup = verb("backup", "立即备份 / back up the database and the photos now")
    backup.add_argument("--new-key", metavar="FILE", help="只生成一把备份用的私钥 / only make a key for encrypted backups")
    restored = verb("restore", "恢复备份 / put a backup in place")
    restored.add_argument("copy", metavar="FILE")
    restored.add_argument("--key", metavar="FILE", help="加密备份的私钥文件 / the private key of an encrypted backup")
    verb("doctor", "检查设置 / say what is wrong with the settings")
    verb("shell", "交互命令行 / a Python prompt with the application open")
    verb("migration", "按模型生成迁移 / write a migration from the models").add_argument("message")
    return parser


def _serve(folder: Path, asked: argparse.Namespace) -> int:
    from .serve import Plain, serve

    if not asked.https:
        return serve(folder, host=asked.host or "127.0.0.1", port=asked.port or PORT, demo=asked.demo)
    port = asked.port or HTTPS_PORT
    plain = asked.plain_port or (80 if port == 443 else 8081 if port == 8080 else 8080)
    return serve(
        folder,
        host=asked.host or "0.0.0.0",  # noqa: S104 phones come from elsewhere, by https
        port=port,
        demo=asked.demo,
        https=Plain(plain, asked.new_authority),
    )


def _web(folder: Path, asked: argparse.Namespace) -> None:
    from .web import run_web

    run_web(asked.host or "127.0.0.1", asked.port or PORT, tls=Path(asked.tls) if asked.tls else None)


def _plain(folder: Path, asked: argparse.Namespace) -> None:
    from .plain import run_plain

    run_plain(asked.host, asked.port, Path(asked.folder), asked.origin)


def _certificate(folder: Path, asked: argparse.Namespace) -> None:
    from fieldbook.kernel import utcnow

    from .authority import renew

    print(int(renew(folder, utcnow()).ends_at.timestamp()))


def _init(folder: Path, asked: argparse.Namespace) -> None:
    from .init import Https, init

    https = None
    if asked.https:
        host, _, port = asked.https.rpartition(",")
        https = Https(host, int(port), asked.plain_port, asked.new_authority)
    demo = make_instance(folder, demo=asked.demo)
    if asked.json:  # the supervisor asks, and holds the instance already
        print(json.dumps(init(folder, demo=demo, https=https)))
        return
    with hold(folder):
        init(folder, demo=demo)
    print(f"实例已就绪 / The instance is ready: {folder}")


def _work(folder: Path, asked: argparse.Namespace) -> None:
    from .work import work

    work(folder)


def _verify(folder: Path, asked: argparse.Namespace) -> int:
    from fieldbook.evidence import LocalStore
    from fieldbook.kernel import db

    from .init import open_app
    from .instance import settings_of
    from .verify import verify

    with open_app(folder).app_context():
        told = verify(db.session(), LocalStore(settings_of(folder).photos))
    for fault in told.faults:
        print(fault)
    for rule, count in told.erased:
        print(f"按规则 {rule} 删去的文字 / words erased under rule {rule}: {count}")
    if told.faults:
        print(f"有 {len(told.faults)} 处被改动过或不见了。\n{len(told.faults)} things were changed or are gone.", file=sys.stderr)
        return 1
    print(f"全部完好：日志 {told.seq} 条，照片 {told.photos} 张，链头 {told.head}\nAll is whole: {told.seq} entries, {told.photos} photos, head {told.head}")
    return 0


def _backup(folder: Path, asked: argparse.Namespace) -> None:
    from .backup import back_up, new_key
    from .init import open_app

    if asked.new_key:
        try:
            public = new_key(Path(asked.new_key))
        except OSError as reason:
            raise Unready(f"没有写成 {asked.new_key}（{reason.strerror}）。", f"{asked.new_key} was not written ({reason.strerror}).") from None
        print(f"私钥在 {asked.new_key}，请存到别处，丢了备份就打不开。写进 settings.toml：\nThe private key is in {asked.new_key}: keep it elsewhere, without it no backup opens. For settings.toml:\nbackup_key = \"{public}\"")
        return
    with open_app(folder).app_context():
        file, seq = back_up()
    print(f"已备份到第 {seq} 条 / Backed up to entry {seq}: {file}")


def _restore(folder: Path, asked: argparse.Namespace) -> None:
    from .restore import restore

    done = restore(folder, Path(asked.copy), identity=Path(asked.key) if asked.key else None)
    print(f"已恢复到第 {done.seq} 条，从备份取回 {done.brought} 张照片 / Restored up to entry {done.seq}, {done.brought} photos brought from the backup")
    for zh, en in done.remarks:
        print(f"- {zh}\n  {en}")
    if done.missing:
        print(f"还缺 {len(done.missing)} 张照片；手机里还有的会自动补上：\n{len(done.missing)} photos are missing; phones that still hold them send them again:")
        for sha256, numbers in done.missing.items():
            print(f"  {'、'.join(numbers) or '-'}  {sha256}")
    if done.old:
        print(f"原来的数据库在 / The database that was there is now {done.old}")


def _doctor(folder: Path, asked: argparse.Namespace) -> int:
    from fieldbook.kernel import utcnow

    from .doctor import examine
    from .init import open_app
    from .instance import settings_of

    with open_app(folder).app_context():
        found = list(examine(settings_of(folder), utcnow()))
    for zh, en in found:
        print(f"- {zh}\n  {en}")
    if not found:
        print("一切正常 / All is well")
    return 1 if found else 0


def _shell(folder: Path, asked: argparse.Namespace) -> None:
    import code

    from fieldbook.kernel import db

    from .init import open_app

    app = open_app(folder)
    with app.app_context():
        code.interact(banner="app, db", local={"app": app, "db": db})


def _migration(folder: Path, asked: argparse.Namespace) -> None:
    from .init import open_app
    from .migrate import draw_up

    with open_app(folder).app_context():
        draw_up(asked.message)


if __name__ == "__main__":
    sys.exit(main())
