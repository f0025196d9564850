"""The county's own authority and its server certificate, for offices whose phones cannot have a bought one.

Words: authority (what people's devices are asked to trust), signer (what it lets make certificates, for its names alone),
certificate (the server's own, 397 days).

The authority signs the signer once, and its key is forgotten in the same breath: it is never on a disk. The signer may
only make certificates for the names written into it, and that limit stands in a certificate that every validator checks,
where some pass over limits in what they trust itself. Whoever steals the signer's key gains this server's own names.
"""

import ipaddress
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from .unready import Unready

#: how this machine calls itself; in every certificate
LOOPBACK = ("localhost", "127.0.0.1", "::1")
#: of the server's certificate; browsers refuse longer ones
CERTIFICATE_DAYS = 397
#: the certificate is made anew at a start with less than this left
RENEW_DAYS = 30
#: of the authority: people's devices are asked once
AUTHORITY_DAYS = 3650
#: a clock that is a little behind still finds the certificate valid
EARLIER = timedelta(hours=1)


@dataclass(frozen=True)
class Certified:
    """What stands in `instance`/tls: the files granian reads, and what people compare.

    fingerprint: SHA-256 of the authority, in pairs of hex digits. names: what the certificate is for, the origin's first.
    ends_at, authority_ends_at: UTC.
    """

    folder: Path
    names: tuple[str, ...]
    ends_at: datetime
    authority_ends_at: datetime
    fingerprint: str

    @property
    def chain(self) -> Path:
        """The certificate and the signer's, as the server shows them."""
        return self.folder / "server.pem"

    @property
    def key(self) -> Path:
        return self.folder / "server.key"

    @property
    def authority(self) -> Path:
        """What people's devices trust."""
        return self.folder / "authority.crt"


def certify(
    instance: Path, required: Sequence[str], offered: Sequence[str], now: datetime, *, anew: bool = False
) -> Certified:
    """Have a certificate that is good for `required` names: the one there is, or a new one.

    offered: names that are taken in when an authority is made, and later only where it may; nobody depends on them.
    anew: forget the authority there is; every device has to trust the new one. Raises Unready when `required` holds a
    name that the authority may not certify.
    """
    folder = instance / "tls"
    folder.mkdir(mode=0o700, exist_ok=True)
    required = list(dict.fromkeys(required))
    if anew or not (folder / "signer.key").exists():
        _make_authority(folder, list(dict.fromkeys([*required, *(offered if not required else ()), *LOOPBACK])), now)
    signer = x509.load_pem_x509_certificate((folder / "signer.crt").read_bytes())
    limits = signer.extensions.get_extension_for_class(x509.NameConstraints).value
    if missing := [name for name in required if not _may(limits, name)]:
        raise Unready(
            f"本县的证书机构不能为 {'、'.join(missing)} 签发证书：它只管建立时的名称。要换名称，请加 --new-authority 重新建立，每台设备都要重新信任一次。",
            f"The county's authority may not certify {', '.join(missing)}: it is good for the names it was made with. To change them start with --new-authority; every device has to trust it anew.",
        )
    names = list(dict.fromkeys([*required, *(name for name in (*offered, *LOOPBACK) if _may(limits, name))]))
    present = read(instance)
    if (
        anew
        or present is None
        or present.ends_at - now < timedelta(days=RENEW_DAYS)
        or set(present.names) != set(names)
    ):
        _make_certificate(folder, signer, names, now)
    certified = read(instance)
    assert certified is not None
    return certified


def renew(instance: Path, now: datetime) -> Certified:
    """The certificate there is, made anew for the same names when its end is near. Raises Unready when there is none."""
    present = read(instance)
    if present is None:
        raise Unready("还没有证书。", "There is no certificate yet.")
    return certify(instance, present.names, (), now)


def read(instance: Path) -> Certified | None:
    """What stands in `instance`/tls; None while nothing, or something that cannot be read, does."""
    folder = instance / "tls"
    try:
        certificate = x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())
        authority = x509.load_pem_x509_certificate((folder / "authority.crt").read_bytes())
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (OSError, ValueError, x509.ExtensionNotFound):
        return None
    if not (folder / "server.key").exists():
        return None
    told = tuple(str(name.value) for name in names)
    return Certified(
        folder, told, certificate.not_valid_after_utc, authority.not_valid_after_utc, fingerprint(authority)
    )


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate as devices show it: pairs of hex digits."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def _may(limits: x509.NameConstraints, name: str) -> bool:
    permitted = limits.permitted_subtrees or []
    if (address := _address(name)) is not None:
        return any(
            isinstance(one, x509.IPAddress) and address in cast(ipaddress.IPv4Network, one.value) for one in permitted
        )
    return any(
        isinstance(one, x509.DNSName) and (name == one.value or name.endswith(f".{one.value}")) for one in permitted
    )


def _address(name: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _make_authority(folder: Path, names: Sequence[str], now: datetime) -> None:
    """Make an authority and its signer for `names`, and forget the authority's key."""
    limits = x509.NameConstraints([_limit(name) for name in names], None)
    mark = secrets.token_hex(3)
    root_name, signer_name = (
        _named(f"巡查簿 Fieldbook {names[0]} {mark}"),
        _named(f"巡查簿 Fieldbook {names[0]} {mark} signer"),
    )
    root_key, signer_key = generate_private_key(SECP256R1()), generate_private_key(SECP256R1())
    until = now + timedelta(days=AUTHORITY_DAYS)
    root = _draft(root_name, root_name, root_key, now, until, root_key).add_extension(
        x509.BasicConstraints(True, 1), True
    )
    root = root.add_extension(_uses(signs=True), True).add_extension(limits, True)
    signer = _draft(signer_name, root_name, signer_key, now, until, root_key).add_extension(
        x509.BasicConstraints(True, 0), True
    )
    signer = (
        signer.add_extension(_uses(signs=True), True)
        .add_extension(limits, True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False)
    )
    signed_root, signed_signer = root.sign(root_key, hashes.SHA256()), signer.sign(root_key, hashes.SHA256())
    (folder / "server.pem").unlink(missing_ok=True)
    _write(folder / "signer.crt", _pem(signed_signer), 0o644)
    _write(folder / "authority.crt", _pem(signed_root), 0o644)
    _write(folder / "signer.key", _private(signer_key), 0o600)


def _make_certificate(folder: Path, signer: x509.Certificate, names: Sequence[str], now: datetime) -> None:
    signer_key = cast(
        EllipticCurvePrivateKey, serialization.load_pem_private_key((folder / "signer.key").read_bytes(), None)
    )
    key = generate_private_key(SECP256R1())
    until = min(now - EARLIER + timedelta(days=CERTIFICATE_DAYS), signer.not_valid_after_utc)
    draft = _draft(_named(names[0][:64]), signer.subject, key, now, until, signer_key).add_extension(
        x509.BasicConstraints(False, None), True
    )
    draft = draft.add_extension(_uses(signs=False), True).add_extension(
        x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), False
    )
    draft = draft.add_extension(x509.SubjectAlternativeName([_as_name(name) for name in names]), False)
    _write(folder / "server.key", _private(key), 0o600)
    _write(folder / "server.pem", _pem(draft.sign(signer_key, hashes.SHA256())) + _pem(signer), 0o644)


def _draft(
    name: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    now: datetime,
    until: datetime,
    signed_by: EllipticCurvePrivateKey,
) -> x509.CertificateBuilder:
    draft = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
    )
    draft = draft.not_valid_before((now - EARLIER).astimezone(UTC)).not_valid_after(until.astimezone(UTC))
    draft = draft.add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    return draft.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signed_by.public_key()), False)


def _uses(*, signs: bool) -> x509.KeyUsage:
    no = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return x509.KeyUsage(digital_signature=not signs, key_cert_sign=signs, crl_sign=signs, **no)


def _named(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text[:64])])


def _as_name(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _limit(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(ipaddress.ip_network(address))


def _pem(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _private(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(file: Path, content: bytes, mode: int) -> None:
    """Write a file whole or not at all; it is never readable by others in between."""
    part = file.with_suffix(f"{file.suffix}.part")
    part.unlink(missing_ok=True)
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
