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
    verb("verify", "核对日志链 / check that the journal was never changed")
    verb("backup", "立即备份 / copy the database now")
    verb("restore", "恢复备份 / put a backup in place").add_argument("copy", metavar="FILE")
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
        folder, host=asked.host or "0.0.0.0", port=port, demo=asked.demo, https=Plain(plain, asked.new_authority)
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
    from fieldbook import findings, journal
    from fieldbook.kernel import db

    from .init import open_app

    with open_app(folder).app_context():
        breaks = [f"{broken.seq}: {broken.reason}" for broken in journal.verify(db.session())]
        breaks += [f"{broken.finding}: {broken.table}, by the journal {broken.journal}" for broken in findings.verify_states(db.session())]
        seq, head = journal.head(db.session())
    for broken in breaks:
        print(broken)
    if breaks:
        print(f"日志被改动过：{len(breaks)} 处不符。\nThe journal was changed: {len(breaks)} places do not agree.", file=sys.stderr)
        return 1
    print(f"日志完好：{seq} 条，链头 {head}\nThe journal is whole: {seq} entries, head {head}")
    return 0


def _backup(folder: Path, asked: argparse.Namespace) -> None:
    from .backup import back_up
    from .init import open_app

    with open_app(folder).app_context():
        file, seq = back_up(folder)
    print(f"已备份到第 {seq} 条 / Copied up to entry {seq}: {file}")


def _restore(folder: Path, asked: argparse.Namespace) -> None:
    from .restore import restore

    old, seq = restore(folder, Path(asked.copy))
    print(f"已恢复到第 {seq} 条 / Restored up to entry {seq}")
    if old:
        print(f"原来的数据库在 / The database that was there is now {old}")


def _doctor(folder: Path, asked: argparse.Namespace) -> int:
    from fieldbook.kernel import utcnow

    from .doctor import examine
    from .init import open_app, settings_of

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
