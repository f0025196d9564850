"""Settings: from the environment, then the file; what cannot be used is said in one sentence."""

from pathlib import Path

import pytest

from fieldbook.kernel import Settings, SettingsBroken

SECRET = "0123456789abcdefghijklmnopqrstuvwxyz"


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An instance with a secret and no settings, and an environment that says nothing."""
    for name in ("SECRET", "DATABASE_URL", "COUNTY", "COUNTY_EN", "DEMO", "ORIGIN", "PROXIES", "TRUSTED_HOSTS", "TIMEZONE"):
        monkeypatch.delenv(f"FIELDBOOK_{name}", raising=False)
    (tmp_path / "secret").write_text(SECRET)
    return tmp_path


def test_without_any_an_instance_is_a_sqlite_file_in_its_folder(instance: Path):
    settings = Settings.load(instance)

    assert settings.url == f"sqlite:///{instance / 'fieldbook.sqlite'}"
    assert settings.photos == instance / "photos"
    assert (settings.secret, settings.origin, settings.proxies, settings.demo, settings.trusted_hosts) == (SECRET, "", 0, False, ())


def test_the_file_is_read_and_the_environment_wins(instance: Path, monkeypatch: pytest.MonkeyPatch):
    (instance / "settings.toml").write_text('county = "青川县"\norigin = "https://a.example"\nproxies = 1\ndemo = true\ntrusted_hosts = ["a.example", "b.example"]\n', "utf-8")
    monkeypatch.setenv("FIELDBOOK_ORIGIN", "https://c.example")
    monkeypatch.setenv("FIELDBOOK_PROXIES", "2")
    monkeypatch.setenv("FIELDBOOK_DEMO", "0")

    settings = Settings.load(instance)

    assert (settings.county, settings.origin, settings.proxies, settings.demo) == ("青川县", "https://c.example", 2, False)
    assert settings.trusted_hosts == ("a.example", "b.example")


BROKEN = {
    "no toml": ("county = ", "cannot be read"),
    "not utf-8": (b"county = '\xff'", "cannot be read"),
    "an unknown name": ("colour = 'red'", "unknown setting: colour"),
    "the secret in the file": (f"secret = '{SECRET}'", "unknown setting: secret"),
    "a number for a name": ("county = 5", "county should be a str"),
    "a word for a number": ("proxies = 'two'", "proxies should be a int"),
    "yes for a number": ("proxies = true", "proxies should be a int"),
    "a number for yes": ("demo = 1", "demo should be a bool"),
    "a word for a list": ("trusted_hosts = 'a.example'", "trusted_hosts should be a list"),
}


@pytest.mark.parametrize(("text", "sentence"), BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_cannot_be_used_is_refused_in_one_sentence(instance: Path, text: str | bytes, sentence: str):
    (instance / "settings.toml").write_bytes(text if isinstance(text, bytes) else text.encode())

    with pytest.raises(SettingsBroken, match=sentence):
        Settings.load(instance)


def test_a_word_for_a_number_in_the_environment_is_refused(instance: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("FIELDBOOK_PROXIES", "two")

    with pytest.raises(SettingsBroken, match="FIELDBOOK_PROXIES"):
        Settings.load(instance)


@pytest.mark.parametrize("secret", [None, b"", b"short", b"x" * 40, b"abc" * 12, b"\xff" * 40, b"   \n" * 20], ids=["missing", "empty", "short", "one letter", "three letters", "no text", "blank"])
def test_a_secret_that_is_missing_short_or_plain_is_refused(instance: Path, secret: bytes | None):
    (instance / "secret").unlink()
    if secret is not None:
        (instance / "secret").write_bytes(secret)

    with pytest.raises(SettingsBroken, match="secret"):
        Settings.load(instance)


def test_a_secret_in_the_environment_needs_no_file_and_is_held_to_the_same(instance: Path, monkeypatch: pytest.MonkeyPatch):
    (instance / "secret").unlink()
    monkeypatch.setenv("FIELDBOOK_SECRET", SECRET[::-1])
    assert Settings.load(instance).secret == SECRET[::-1]

    monkeypatch.setenv("FIELDBOOK_SECRET", "password")
    with pytest.raises(SettingsBroken, match="secret"):
        Settings.load(instance)
