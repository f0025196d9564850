"""deploy/: every file there is read by the program it is for, where that program is at hand."""

import os
import re
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fieldbook.kernel import Settings
from fieldbook.ops.authority import certify
from fieldbook.web.gate import LIMITS
from tests.servers import ROOT

DEPLOY = ROOT / "deploy"


def program(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if not found:
        pytest.skip(f"{name} is not on this machine")
    return found


def said(*words: str | Path, **environment: str) -> str:
    """What a program has against its file; empty when nothing."""
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, **environment})
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(file.name for file in DEPLOY.glob("fieldbook*.*")))
def test_systemd_reads_its_units(tmp_path, name):
    systemd = program("systemd-analyze")
    for unit in DEPLOY.glob("fieldbook*.*"):
        (tmp_path / unit.name).write_text(unit.read_text().replace("/srv/fieldbook", str(ROOT)))

    done = subprocess.run([systemd, "verify", tmp_path / name], capture_output=True, text=True, timeout=60, check=False)

    assert [line for line in done.stderr.splitlines() if line.startswith(("fieldbook", str(tmp_path)))] == []


def test_caddy_reads_its_file(tmp_path):
    assert said(program("caddy"), "validate", "--adapter", "caddyfile", "--config", DEPLOY / "Caddyfile", HOME=str(tmp_path)) == ""


def test_nginx_reads_its_file(tmp_path):
    nginx, made = program("nginx"), certify(tmp_path, ["fieldbook.example.gov.cn"], [], datetime.now(UTC))
    text = (DEPLOY / "nginx.conf").read_text().replace("/etc/fieldbook/fullchain.pem", str(made.chain)).replace("/etc/fieldbook/key.pem", str(made.key))
    text = re.sub(r"(listen (?:\[::\]:)?)(\d+)", lambda found: found[1] + str(20_000 + int(found[2])), text)  # it tries the ports
    whole, places = tmp_path / "nginx.conf", " ".join(f"{kind}_temp_path {tmp_path}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    whole.write_text(f"pid {tmp_path}/pid; error_log stderr; events {{}} http {{ access_log off; {places} {text} }}")

    assert said(nginx, "-t", "-q", "-p", tmp_path, "-c", whole) == ""


def test_compose_reads_its_file():
    docker = program("docker")
    if said(docker, "compose", "version"):
        pytest.skip("docker compose is not on this machine")
    assert said(docker, "compose", "-f", DEPLOY / "compose.yaml", "config", "-q", FIELDBOOK_DATABASE_PASSWORD="x" * 20) == ""


@pytest.mark.parametrize(("file", "pattern"), [("Caddyfile", r"max_size (\d+)MB"), ("nginx.conf", r"client_max_body_size (\d+)m")])
def test_a_proxy_takes_what_the_gate_takes(file, pattern):
    found = re.search(pattern, (DEPLOY / file).read_text())

    assert found
    assert int(found[1]) * 1_000_000 >= max(most for *_, most in LIMITS)


def test_the_settings_it_names_exist():
    text = "".join(file.read_text() for file in DEPLOY.iterdir())

    assert {name.lower() for name in re.findall(r"^ +FIELDBOOK_([A-Z_]+): ", text, re.MULTILINE)} <= set(Settings.__dataclass_fields__)
    assert "--instance" in (DEPLOY / "Dockerfile").read_text()
    assert Path(ROOT / "run").stat().st_mode & 0o111
