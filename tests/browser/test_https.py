"""./run serve --https: a real server under a name of the office's network, with a certificate of its own authority."""

import base64
import hashlib
import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from playwright.sync_api import BrowserContext, Playwright

from fieldbook.ops.authority import certify
from fieldbook.ops.instance import make_instance
from tests import servers
from tests.servers import Fieldbook, fieldbook, free_port

NAME = "office.fieldbook.test"


@pytest.fixture(scope="module")
def plain_port() -> int:
    return free_port()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, plain_port: int) -> Iterator[Fieldbook]:
    """Served under NAME; the certificate that lies there from last year has 27 days left."""
    instance, port = tmp_path_factory.mktemp("https") / "instance", free_port()
    make_instance(instance, demo=False)
    with (instance / "settings.toml").open("a") as settings:
        settings.write(f'origin = "https://{NAME}:{port}"\n')
    certify(instance, [NAME], [], datetime.now(UTC) - timedelta(days=370))
    with fieldbook(instance, "--https", "--host", "127.0.0.1", "--plain-port", str(plain_port), port=port) as running:
        yield running


def connected(server: Fieldbook, name: str = NAME, **more: list[str]) -> ssl.SSLSocket:
    trusting = ssl.create_default_context(cafile=str(server.instance / "tls" / "authority.crt"))
    trusting.set_alpn_protocols(more.get("speaks", ["http/1.1"]))
    return trusting.wrap_socket(socket.create_connection(("127.0.0.1", server.port), timeout=10), server_hostname=name)


class Said(NamedTuple):
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def asked(server: Fieldbook, method: str, path: str, body: bytes = b"", **headers: str) -> Said:
    connection = http.client.HTTPSConnection(NAME, server.port)
    connection.sock = connected(server)
    return answered(connection, method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})


def plainly(port: int, method: str, path: str) -> Said:
    return answered(http.client.HTTPConnection("127.0.0.1", port, timeout=10), method, path, b"", {})


def answered(connection: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: dict[str, str]) -> Said:
    with closing(connection):
        connection.request(method, path, body, headers)
        said = connection.getresponse()
        return Said(said.status, said.headers, said.read())


def test_a_device_that_trusts_the_authority_comes_in_and_no_other_name_holds(server: Fieldbook) -> None:
    for name in (NAME, "localhost", "127.0.0.1"):
        connected(server, name).close()

    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        connected(server, "bank.example.com")


def test_http2_is_spoken_and_nothing_older_than_tls_1_2(server: Fieldbook) -> None:
    with connected(server, speaks=["h2", "http/1.1"]) as modern:
        assert (modern.selected_alpn_protocol(), modern.version()) == ("h2", "TLSv1.3")


def test_a_certificate_near_its_end_was_made_anew_at_the_start(server: Fieldbook) -> None:
    with connected(server) as connection:
        ends_at = ssl.cert_time_to_seconds(str(connection.getpeercert()["notAfter"]))  # type: ignore[index]

    assert ends_at - datetime.now(UTC).timestamp() > 390 * 86_400


def test_a_login_gets_a_cookie_that_never_travels_in_the_open(server: Fieldbook) -> None:
    form = asked(server, "GET", "/login", Accept="text/html")
    api = asked(server, "POST", "/api/login", json.dumps({"login": "nobody", "password": "x" * 12}).encode(), Content_Type="application/json", Origin=f"https://{NAME}:{server.port}")

    cookie = str(form.headers["Set-Cookie"])
    assert cookie.startswith("__Host-fieldbook-form=")
    assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    assert form.headers["Strict-Transport-Security"]
    assert api.status == 401


def test_the_plain_port_serves_the_page_the_file_and_a_way_to_https(server: Fieldbook, plain_port: int) -> None:
    page, file = plainly(plain_port, "GET", "/trust?lang=en"), plainly(plain_port, "GET", "/authority.crt")
    others = {path: plainly(plain_port, "GET", path) for path in ("/", "/login", "/api/me", "/tls/signer.key", "/static/css/desk.css")}

    certificate = x509.load_der_x509_certificate(file.body)
    told = page.body.decode()
    assert certificate.fingerprint(hashes.SHA256()).hex(":").upper()[:11] in told
    assert "full trust" in told
    assert {path: (said.status, said.headers["Location"], said.body) for path, said in others.items()} == {
        path: (307, f"https://{NAME}:{server.port}{path}", b"") for path in others
    }
    assert plainly(plain_port, "POST", "/api/login").status == 405


def test_the_terminal_shows_the_way_in_its_code_and_the_fingerprint(server: Fieldbook, plain_port: int) -> None:
    said = server.said()

    certificate = x509.load_pem_x509_certificate((server.instance / "tls" / "authority.crt").read_bytes())
    fingerprint = certificate.fingerprint(hashes.SHA256()).hex(":").upper()
    assert f"http://{NAME}:{plain_port}/trust" in said
    assert f"https://{NAME}:{server.port}/app/" in said
    assert fingerprint[:47] in said
    assert "▄▄▄▄▄" in said


def test_chromium_gets_a_secure_context_a_worker_and_the_gates_limits(server: Fieldbook, tools: Playwright, tmp_path: Path) -> None:
    browser = trusting_browser(tools, server, tmp_path)
    page = browser.new_page()
    page.goto(f"https://{NAME}:{server.port}/app/")

    registered = page.evaluate("navigator.serviceWorker.ready.then((ready) => ready.scope)")
    protocol = page.evaluate("performance.getEntriesByType('navigation')[0].nextHopProtocol")
    large = "fetch('/api/push', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: 'x'.repeat(600 * 1024)}).then((said) => said.status, () => 0)"
    too_large = page.evaluate(large)
    browser.close()

    assert registered == f"https://{NAME}:{server.port}/app/"
    assert protocol == "h2"
    assert too_large == 413


def trusting_browser(tools, server: Fieldbook, profile: Path) -> BrowserContext:  # type: ignore[no-untyped-def]
    """A Chromium that finds NAME on this machine and takes the server's key for known; it has no store of its own to put the authority in."""
    certificate = x509.load_pem_x509_certificate((server.instance / "tls" / "server.pem").read_bytes())
    key = certificate.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    known = base64.b64encode(hashlib.sha256(key).digest()).decode()
    words = [f"--ignore-certificate-errors-spki-list={known}", f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    return tools.chromium.launch_persistent_context(str(profile), executable_path=servers.chromium(), args=[*servers.CHROMIUM_ARGUMENTS, *words])  # type: ignore[no-any-return]
