"""TLS: who is trusted, and what a person is shown of who is not."""

import gc
import shutil
import ssl
from pathlib import Path

import pytest

from fhirdesk.core.errors import ConfigurationError
from fhirdesk.core.exchange import Delivery, Request
from fhirdesk.remote.connection_test import ConnectionTest
from tests.marks import fault
from tests.remote.clients import with_remote
from tests.remote.raw import Authority, always, answer

pytestmark = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
READ = Request("GET", "Patient/1")
HERE = answer(b'{"resourceType":"Patient","id":"1"}')


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@fault("C13")
def test_the_profiles_own_authority_is_trusted_beside_the_systems(authority: Authority) -> None:
    with always(HERE, authority.context()) as server:
        found = with_remote(server.url, lambda r: r.send(READ), ca_file=str(authority.file))
        assert found.status == 200
        steps = with_remote(server.url, lambda r: ConnectionTest(r, ()).run(), ca_file=str(authority.file))
    tls = steps[1]
    assert (tls.name, tls.ok, tls.message.code) == ("tls", True, "check_tls")
    assert tls.message.params["expires"].startswith("20") and tls.message.params["fingerprint"].count(":") == 31


@fault("C13")
@pytest.mark.parametrize(
    ("how", "known", "code"),
    [
        ({"ended": True}, True, "tls_expired"),
        ({"name": "other.example"}, True, "tls_host"),
        ({"own": True}, True, "tls_self_signed"),
        ({}, False, "tls_authority"),
    ],
)
def test_who_is_not_trusted_gets_nothing_and_is_shown(
    authority: Authority, how: dict[str, object], known: bool, code: str
) -> None:
    ca = str(authority.file) if known else None
    with always(HERE, authority.context(**how)) as server:  # type: ignore[arg-type]
        found = with_remote(server.url, lambda r: r.send(READ), ca_file=ca)
        steps = with_remote(server.url, lambda r: ConnectionTest(r, ()).run(), ca_file=ca)
    assert (found.delivery, found.error_code) == (Delivery.NOT_TRUSTED, "why_not_trusted")
    assert found.error_params["host"] == "127.0.0.1"
    assert found.error_params["fingerprint"].count(":") == 31 and found.error_params["expires"].startswith("20")
    assert (steps[-1].name, steps[-1].ok, steps[-1].message.code) == ("tls", False, code)
    assert steps[-1].fix is not None
    assert server.asked == []


@fault("C12")
def test_no_authority_is_taken_from_the_environment(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    with always(HERE, authority.context()) as server:
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        assert with_remote(server.url, lambda r: r.send(READ)).delivery is Delivery.NOT_TRUSTED
        monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
        assert with_remote(server.url, lambda r: r.send(READ), ca_file=str(authority.file)).status == 200
    assert len(server.asked) == 1


@fault("C13")
def test_an_old_tls_is_refused(authority: Authority) -> None:
    context = authority.context()
    context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1_3, ssl.TLSVersion.TLSv1_3
    with always(HERE, context) as server:
        assert with_remote(server.url, lambda r: r.send(READ), ca_file=str(authority.file)).status == 200
        trust = with_remote(server.url, _trust, ca_file=str(authority.file))
    assert trust.minimum_version >= ssl.TLSVersion.TLSv1_2
    assert trust.verify_mode is ssl.CERT_REQUIRED and trust.check_hostname


async def _trust(remote: object) -> ssl.SSLContext:
    return remote.trust  # type: ignore[attr-defined,no-any-return]


@fault("C13")
@pytest.mark.parametrize("text", [None, "not a certificate"])
def test_an_authority_that_cannot_be_read_is_said(tmp_path: Path, text: str | None) -> None:
    if text:
        (tmp_path / "ca.pem").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as said:
        with_remote("https://127.0.0.1:1/fhir", lambda r: r.send(READ), ca_file=str(tmp_path / "ca.pem"))
    assert said.value.code == "ca_file_wrong"


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # anyio leaves a cut handshake to gc
def test_https_to_a_server_that_speaks_http_is_not_sent() -> None:
    with always(HERE) as server:
        found = with_remote(server.url.replace("http:", "https:"), lambda r: r.send(READ), deadline=0.7)
    gc.collect()
    assert found.delivery is Delivery.NOT_SENT
