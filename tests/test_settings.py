"""Settings come in their order, and a wrong one is said."""

import stat
from pathlib import Path

import pytest

from fhirdesk.core.address import check_url
from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.settings import Profile, Settings, load_profiles, load_settings, save_profiles
from fhirdesk.core.settings_files import read_env_file
from tests.marks import fault, invariant


def test_an_option_beats_the_environment_and_that_beats_the_profile(tmp_path: Path) -> None:
    save_profiles(tmp_path, {"a": Profile("a", url="https://profile.example/fhir")}, "a")
    env = {"FHIR_SERVER_URL": "https://env.example/fhir"}
    assert load_settings(data_dir=tmp_path, environ={}).profile.url == "https://profile.example/fhir"
    assert load_settings(data_dir=tmp_path, environ=env).profile.url == "https://env.example/fhir"
    option = load_settings(data_dir=tmp_path, server="https://option.example/fhir/", environ=env)
    assert (option.profile.name, option.profile.url) == ("a", "https://option.example/fhir")


def test_the_environment_beats_the_env_file(tmp_path: Path) -> None:
    path = tmp_path / "clinic.env"
    path.write_text(
        "# server\nexport FHIR_SERVER_URL='https://file.example/fhir'\nFHIR_CLIENT_ID=desk\n", encoding="utf-8"
    )
    assert read_env_file(path)["FHIR_SERVER_URL"] == "https://file.example/fhir"
    settings = load_settings(data_dir=tmp_path, env_file=path, environ={"FHIR_CLIENT_ID": "other"})
    assert (settings.profile.url, settings.profile.client_id) == ("https://file.example/fhir", "other")


def test_one_deadline_sets_both(tmp_path: Path) -> None:
    assert load_settings(data_dir=tmp_path, environ={}).bundle_deadline == 120
    settings = load_settings(data_dir=tmp_path, deadline=5, environ={})
    assert (settings.deadline, settings.bundle_deadline) == (5, 5)


def test_the_secret_is_not_in_the_text_of_the_settings(tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path, environ={"FHIR_CLIENT_SECRET": "s3cret"})
    assert settings.secret == "s3cret" and "s3cret" not in repr(settings)


@fault("C14")
@pytest.mark.parametrize(
    "url", ["ftp://x", "hospital", "https://", "https://user:pw@host/fhir", "http://hospital.example/fhir"]
)
def test_an_address_that_is_wrong_or_in_the_clear_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError):
        check_url(url)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080/fhir", "http://localhost/fhir", "http://[::1]:1/fhir"])
def test_plain_http_to_this_computer_is_fine(url: str) -> None:
    assert check_url(url) == url


def test_damaged_profiles_are_said_and_left_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "profiles.json").write_text("{", encoding="utf-8")
    with pytest.raises(ConfigurationError):
        load_profiles(tmp_path)
    assert (tmp_path / "profiles.json").read_text(encoding="utf-8") == "{"


@fault("G11")
def test_the_file_of_profiles_is_private(tmp_path: Path) -> None:
    save_profiles(tmp_path / "new", {}, "default")
    assert stat.S_IMODE((tmp_path / "new" / "profiles.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o700


@invariant(12)
def test_what_signs_in_at_the_profile_s_server_goes_to_no_other(tmp_path: Path) -> None:
    profile = Profile(url="https://a.example/fhir", client_id="desk", token_url="https://login.example/token")
    save_profiles(tmp_path, {"default": profile}, "default")

    def loaded(server: str, **env: str) -> Settings:
        return load_settings(data_dir=tmp_path, server=server, environ=env)

    assert loaded("https://a.example:443/other").profile.client_id == "desk"
    there = loaded("https://b.example/fhir")
    assert (there.profile.client_id, there.profile.token_url, there.secret) == (None, None, "")
    given = loaded("https://b.example/fhir", FHIR_CLIENT_ID="b", FHIR_CLIENT_SECRET="s")
    assert (given.profile.client_id, given.profile.token_url, given.secret) == ("b", None, "s")
    assert loaded("https://b.example/fhir", FHIR_CLIENT_ID="b").secret == ""
