"""Files of settings: whatever editor saved them, whatever is wrong in them, it is said with file, key and reason."""

import codecs
import json
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.settings import Local, Profile, Retention, Source, load_profiles, load_settings, save_profiles
from fhirdesk.core.settings_files import read_env_file
from fhirdesk.i18n.messages import render
from tests.cli.conftest import Cli, cli
from tests.marks import fault

__all__ = ["cli"]
POSIX = pytest.mark.skipif(os.name == "nt", reason="modes, pipes and devices of POSIX")
WRONG: dict[str, list[Any]] = {  # for each type of a setting, what it may not be
    "str": [5, True, 1.5, ["x"], {"a": 1}],
    "int": ["8", 0, -1, 10**12, 1.5, True, [8], {"a": 1}],
    "float": ["x", -1, 1e12, True, [1.0], {"a": 1}, "1,5"],
    "bool": ["yes", 0, 1, "true", [True]],
    "retention": [5, "x", [1], True],
}


def kind(hint: object) -> str:
    """Which of those a field is."""
    text = str(hint).lower()
    return next((name for name in ("float", "int", "bool", "retention") if name in text), "str")


def toml(value: Any) -> str:
    return "{a = 1}" if isinstance(value, dict) else json.dumps(value)


ZONES = ("Seoul", "", "../../etc/passwd", "/etc/passwd", "Asia", "x" * 300, "a\0b")


def wrong_local() -> list[tuple[str, str]]:
    """Every setting of settings.toml with every wrong value, as (key, text of the file)."""
    cases = [(f.name, f"{f.name} = {toml(v)}") for f in fields(Local) for v in WRONG[kind(f.type)]]
    for f in fields(Retention):
        values = [*map(toml, WRONG["float"]), "inf", "nan", "-inf", "0.5"]
        cases += [(f"retention.{f.name}", f"[retention]\n{f.name} = {value}") for value in values]
    cases += [("time_zone", f"time_zone = {json.dumps(zone)}") for zone in ZONES]
    cases += [("base", f"base = {json.dumps(base)}") for base in ("", "clinic", "https://a b", "ftp://x")]
    unknown = [("bases", 'bases = "x"'), ("retention.days", "[retention]\ndays = 1"), ("in_flight", "in_flight = 1")]
    return cases + unknown


@pytest.mark.parametrize(("key", "text"), wrong_local())
def test_a_wrong_value_in_settings_toml_is_named_and_ends_with_3(tmp_path: Path, key: str, text: str) -> None:
    (tmp_path / "settings.toml").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as found:
        load_settings(data_dir=tmp_path, environ={})
    assert found.value.exit_code == 3 and found.value.params["key"] == key
    for lang in ("en", "ko"):
        said = render(found.value.code, found.value.params, lang)
        assert key in said and "settings.toml" in said and "?" not in said and said != found.value.code


def wrong_profiles() -> list[tuple[str, dict[str, Any]]]:
    cases = [(f.name, {f.name: v}) for f in fields(Profile) for v in WRONG[kind(f.type)]]
    more: list[dict[str, Any]] = [{"vendor": "oracle"}, {"name": ""}, {"inflight": 3}, {"client_secret": "x"}]
    return cases + [(next(iter(raw)), raw) for raw in more]


@pytest.mark.parametrize(("key", "raw"), wrong_profiles())
def test_a_wrong_value_in_a_profile_is_named_and_ends_with_3(tmp_path: Path, key: str, raw: dict[str, Any]) -> None:
    (tmp_path / "profiles.json").write_text(json.dumps({"profiles": [{"name": "clinic"} | raw]}), encoding="utf-8")
    with pytest.raises(ConfigurationError) as found:
        load_settings(data_dir=tmp_path, environ={})
    assert found.value.params["key"].endswith(f".{key}") and found.value.params["path"].endswith("profiles.json")
    assert "?" not in render(found.value.code, found.value.params, "ko")


@pytest.mark.parametrize(
    "text",
    [
        "[]",
        "5",
        '{"profiles": 5}',
        '{"profiles": [5]}',
        '{"profiles": [[]]}',
        '{"active": 5}',
        '{"more": 1}',
        "{",
        "",
        "[" * 100_000,
        "\0",
        '{"profiles": {}}',
    ],
)
def test_a_file_of_profiles_of_another_shape_is_said(tmp_path: Path, text: str) -> None:
    (tmp_path / "profiles.json").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as found:
        load_profiles(tmp_path)
    assert str(tmp_path) in render(found.value.code, found.value.params)


def test_what_a_profile_could_not_be_read_with_is_not_saved(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError):
        save_profiles(tmp_path, {"a": Profile("a", in_flight=10**9)}, "a")
    assert not (tmp_path / "profiles.json").exists()


def test_every_profile_that_is_saved_is_read_again_as_it_was(tmp_path: Path) -> None:
    kept = {"a": Profile("a", url="https://a.example", rate=0.5, settle=0, gzip=True), "나": Profile("나")}
    save_profiles(tmp_path, kept, "나")
    assert load_profiles(tmp_path) == kept


def test_the_end_of_a_wrong_setting_on_the_command_line_is_3_in_words(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o700)
    (tmp_path / "data" / "settings.toml").write_text('[retention]\ncompleted_days = "x"', encoding="utf-8")
    said = cli("queue", "stats")
    assert said.code == 3 and "retention.completed_days must be a number from 1 to 36,500, not 'x'" in said.err
    assert "숫자" in cli("queue", "stats", "--lang", "ko").err


SAVED: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda text: text.encode(),
    "Notepad": lambda text: codecs.BOM_UTF8 + text.encode(),
    "PowerShell": lambda text: codecs.BOM_UTF16_LE + text.replace("\n", "\r\n").encode("utf-16-le"),
    "UTF-16 BE": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
}


@pytest.mark.parametrize("editor", SAVED)
def test_a_file_of_settings_is_read_as_windows_editors_save_it(tmp_path: Path, editor: str) -> None:
    save = SAVED[editor]
    env, toml_, profiles = tmp_path / "clinic.env", tmp_path / "settings.toml", tmp_path / "profiles.json"
    env.write_bytes(save("FHIR_SERVER_URL=https://병원.example/fhir\nFHIR_CLIENT_ID=desk\n"))
    toml_.write_bytes(save('base = "https://clinic.example"\n'))
    profiles.write_bytes(save('{"active": "병원", "profiles": [{"name": "병원"}]}'))
    found = load_settings(data_dir=tmp_path, env_file=env, environ={})
    assert (found.base, found.profile.name, found.profile.client_id) == ("https://clinic.example", "병원", "desk")
    assert found.profile.url and found.profile.url.endswith("/fhir")


@pytest.mark.parametrize(
    "data",
    [
        "FHIR_CLIENT_ID=병원".encode("cp949"),
        "A=1".encode("utf-16-le"),
        codecs.BOM_UTF16_LE + b"x",
        b"A=\0",
        b"\xff\xfe\0\xd8",
    ],
)
def test_any_other_encoding_is_3_in_words(tmp_path: Path, data: bytes) -> None:
    for name in ("clinic.env", "settings.toml", "profiles.json"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_bytes(data)
        with pytest.raises(ConfigurationError) as found:
            load_settings(data_dir=folder, env_file=folder / name if name.endswith(".env") else None, environ={})
        assert found.value.code == "settings_encoding" and name in render(found.value.code, found.value.params, "ko")


@POSIX
def test_what_is_no_file_is_said(tmp_path: Path) -> None:
    for name in ("settings.toml", "profiles.json"):
        (tmp_path / name).mkdir()
        with pytest.raises(ConfigurationError):
            load_settings(data_dir=tmp_path, environ={})
        (tmp_path / name).rmdir()
    for path in (tmp_path, Path("/dev/zero"), tmp_path / "nowhere"):
        with pytest.raises(ConfigurationError):
            read_env_file(path)


@fault("H5")
@POSIX
def test_a_file_of_settings_that_others_may_write_is_said(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "clinic.env"
    path.write_text("FHIR_CLIENT_ID=desk\n", encoding="utf-8")
    for mode, warned in ((0o666, True), (0o622, True), (0o600, False), (0o644, False)):
        path.chmod(mode)
        said = cli("profile", "list", "--env-file", path)
        assert (said.code, "Others may change" in said.err) == (0, warned), oct(mode)


@POSIX
def test_an_env_file_may_be_a_pipe(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.write(write, b"FHIR_CLIENT_ID=desk\n")
    os.close(write)
    assert read_env_file(Path(f"/dev/fd/{read}")) == {"FHIR_CLIENT_ID": "desk"}
    os.close(read)


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "x", "-inf"])
def test_a_deadline_is_a_number_of_seconds(cli: Cli, seconds: str) -> None:
    said = cli(f"--deadline={seconds}", "queue", "stats")
    assert said.code == 2 and "--deadline" in said.err


def test_where_each_value_comes_from_is_told(tmp_path: Path) -> None:
    kept = Profile("clinic", url="https://fhir.example/r4", client_id="kept", rate=5.0)
    save_profiles(tmp_path, {"clinic": kept}, "clinic")
    (tmp_path / "settings.toml").write_text("[retention]\ncompleted_days = 9\n", encoding="utf-8")
    file = tmp_path / "clinic.env"
    file.write_text("FHIR_CLIENT_ID=filed\nFHIR_TOKEN_URL=https://fhir.example/filed\n", encoding="utf-8")
    environ = {"FHIR_TOKEN_URL": "https://fhir.example/token"}
    settings = load_settings(data_dir=tmp_path, deadline=5.0, env_file=file, environ=environ)
    names = (
        "data_dir",
        "deadline",
        "token_url",
        "client_id",
        "url",
        "rate",
        "retention",
        "gzip",
        "time_zone",
        "profile",
    )
    assert [settings.source_of(name) for name in names] == [
        Source.OPTION,
        Source.OPTION,
        Source.ENVIRONMENT,
        Source.ENV_FILE,
        Source.PROFILE,
        Source.PROFILE,
        Source.FILE,
        Source.DEFAULT,
        Source.DEFAULT,
        Source.DEFAULT,
    ]
    assert (settings.profile.client_id, settings.profile.token_url) == ("filed", "https://fhir.example/token")
    assert [source for source in Source if source.is_fixed] == [Source.OPTION, Source.ENVIRONMENT, Source.ENV_FILE]
