"""The county's own authority: what it certifies, what it may not, and when it makes a certificate anew."""

import stat
import subprocess
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key

from fieldbook.ops.authority import certify, read, renew
from fieldbook.ops.plain import answer
from fieldbook.ops.serve import Renewal
from fieldbook.ops.unready import Unready

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
NAME = "office.fieldbook.test"


def test_its_certificate_holds_for_its_names_and_397_days(tmp_path):
    made = certify(tmp_path, [NAME], ["192.168.1.20"], NOW)

    assert made.names == (NAME, "localhost", "127.0.0.1", "::1")
    assert timedelta(days=396) < made.ends_at - NOW <= timedelta(days=397)
    assert verified(made.folder, made.chain, NAME) == ""


def test_while_no_name_is_fixed_it_holds_for_this_machines_addresses(tmp_path):
    made = certify(tmp_path, [], ["192.168.1.20", "desk.local"], NOW)

    assert made.names[:2] == ("192.168.1.20", "desk.local")


def test_its_keys_are_private_and_the_authoritys_own_is_nowhere(tmp_path):
    folder = certify(tmp_path, [NAME], [], NOW).folder

    keys = {file.name: stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir() if b"PRIVATE KEY" in file.read_bytes()}
    assert keys == {"signer.key": 0o600, "server.key": 0o600}
    authority = x509.load_pem_x509_certificate((folder / "authority.crt").read_bytes())
    assert all(serialization.load_pem_private_key((folder / name).read_bytes(), None).public_key() != authority.public_key() for name in keys)


@pytest.mark.parametrize("name", ["bank.example.com", "fieldbook.test", "evil-office.fieldbook.test"])
def test_a_certificate_for_another_name_made_with_its_key_is_refused(tmp_path, name):
    folder = certify(tmp_path, [NAME], [], NOW).folder

    assert "permitted subtree violation" in verified(folder, forged(folder, name), name)


def test_it_says_what_to_do_about_a_name_it_may_not_certify(tmp_path):
    before = certify(tmp_path, [NAME], [], NOW)

    with pytest.raises(Unready, match=r"may not certify other\.test.*--new-authority"):
        certify(tmp_path, ["other.test"], [], NOW)

    assert read(tmp_path) == before
    assert certify(tmp_path, ["other.test"], [], NOW, anew=True).fingerprint != before.fingerprint


@pytest.mark.parametrize(("days", "anew"), [(300, False), (366, False), (368, True), (500, True)])
def test_a_certificate_is_made_anew_below_thirty_days(tmp_path, days, anew):
    before = certify(tmp_path, [NAME], [], NOW)

    after = certify(tmp_path, [NAME], [], NOW + timedelta(days=days))

    assert (after.ends_at > before.ends_at) is anew
    assert after.fingerprint == before.fingerprint


def test_a_server_that_runs_for_a_year_reads_its_new_certificate(tmp_path):
    made, day = certify(tmp_path, [NAME], [], NOW), timedelta(days=1)
    at = [NOW]
    renewal = Renewal(made.ends_at.timestamp(), lambda: renew(tmp_path, at[0]).ends_at.timestamp())

    seen = []
    for _ in range(400):
        at[0] += day
        seen.append(renewal.look(at[0].timestamp()))

    assert seen.count(True) == 1
    assert seen.index(True) == 366


@pytest.mark.parametrize(("line", "status"), [
    ("GET /trust HTTP/1.1", "200"), ("HEAD /authority.crt HTTP/1.1", "200"), ("GET / HTTP/1.1", "307"), ("GET /api/me HTTP/1.1", "307"),
    ("POST /trust HTTP/1.1", "405"), ("GET http://bank.example.com/ HTTP/1.1", "400"), ("CONNECT bank.example.com:443 HTTP/1.1", "400"), ("", "400"),
    ("GET /trust/../signer.key HTTP/1.1", "307"), ("GET //bank.example.com/ HTTP/1.1", "307"),
])  # fmt: skip
def test_the_plain_port_shows_two_things_and_leads_to_https(tmp_path, line, status):
    for name in ("trust.zh.html", "trust.en.html", "authority.crt"):
        (tmp_path / name).write_text(name)

    said = answer(f"{line}\r\nHost: anything\r\n", tmp_path, "https://office.fieldbook.test")

    assert said.status[:3] == status
    assert said.headers.get("Location", "https://office.fieldbook.test/").startswith("https://office.fieldbook.test/")


@pytest.mark.parametrize(("query", "accepted", "language"), [("", "", "zh"), ("", "en-GB,en;q=0.9", "en"), ("", "fr,zh-CN", "zh"), ("?lang=en", "zh", "en"), ("?lang=../x", "", "zh")])
def test_the_plain_port_speaks_the_browsers_language(tmp_path, query, accepted, language):
    for name in ("zh", "en"):
        (tmp_path / f"trust.{name}.html").write_text(name)

    assert answer(f"GET /trust{query} HTTP/1.1\r\nAccept-Language: {accepted}\r\n", tmp_path, "").body.decode() == language


def forged(folder, name):
    """A certificate for `name`, signed with the signer's stolen key."""
    key, signer = generate_private_key(SECP256R1()), x509.load_pem_x509_certificate((folder / "signer.crt").read_bytes())
    draft = x509.CertificateBuilder().subject_name(x509.Name([])).issuer_name(signer.subject).public_key(key.public_key()).serial_number(7)
    draft = draft.not_valid_before(NOW).not_valid_after(NOW + timedelta(days=9)).add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), True)
    stolen = serialization.load_pem_private_key((folder / "signer.key").read_bytes(), None)
    file = folder / "forged.pem"
    file.write_bytes(draft.sign(stolen, hashes.SHA256()).public_bytes(serialization.Encoding.PEM) + (folder / "signer.crt").read_bytes())
    return file


def verified(folder, chain, name):
    """What OpenSSL has against a chain as the server of `name`; empty when nothing."""
    words = ["openssl", "verify", "-attime", str(int((NOW + timedelta(days=1)).timestamp())), "-purpose", "sslserver", "-verify_hostname", name]
    done = subprocess.run([*words, "-CAfile", folder / "authority.crt", "-untrusted", chain, chain], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stderr
