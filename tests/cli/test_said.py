"""Rows that say a part of a record, from the command line (docs/records.md)."""

from pathlib import Path

from tests.cli.conftest import Cli

HEAD = "type,patient_id,family_name,given_name,gender,birth_date"
FULL = f"{HEAD},phone,email\npatient,P-1,김,별,F,1985-06-15,010-1,a@b.c\n"
FEW = f"{HEAD}\npatient,P-1,김,별,F,1985-06-15\n"
FIRST = "2026-11-01T01:50:00"


def imported(cli: Cli, folder: Path, text: str, *options: str) -> list[dict[str, object]]:
    """The lines of an import, without its summary."""
    (folder / "rows").write_text(text, encoding="utf-8")
    return cli("import", str(folder / "rows"), "--json", *options).rows[:-1]


def phone(cli: Cli) -> object:
    return cli("export", "--type", "patient", "--format", "records").rows[0]["phone"]


def test_a_column_that_is_not_there_says_nothing_but_of_whole_rows(cli: Cli, tmp_path: Path) -> None:
    assert [line["result"] for line in imported(cli, tmp_path, FULL)] == ["new"]
    assert [line["result"] for line in imported(cli, tmp_path, FEW)] == ["unchanged"]
    assert phone(cli) == "010-1"
    assert [line["result"] for line in imported(cli, tmp_path, FEW, "--whole")] == ["changed"]
    assert phone(cli) is None


def test_each_from_is_a_source_of_its_own(cli: Cli, tmp_path: Path) -> None:
    imported(cli, tmp_path, FULL)
    assert imported(cli, tmp_path, FULL.replace("010-1", "010-2"), "--from", "ward")[0]["result"] == "changed"
    assert imported(cli, tmp_path, FULL)[0]["result"] == "unchanged"
    assert phone(cli) == "010-2"


def test_a_refusal_of_what_results_names_line_key_and_field(cli: Cli, tmp_path: Path) -> None:
    (line,) = imported(cli, tmp_path, "type,patient_id,phone\npatient,P-9,010-1\n")
    assert [line[n] for n in ("line", "type", "key", "result", "field")] == [2, "patient", "P-9", "refused", "gender"]


def test_an_hour_that_comes_twice_and_one_that_does_not_come(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "settings.toml").write_text('time_zone = "America/New_York"\n')
    row = '{"type":"encounter","encounter_id":"E-%s","patient_id":"P-1","encounter_class":"EMER","status":"completed",'
    ends = '"started_at":"%s","ended_at":"%s"}\n'
    twice = row % 1 + ends % (FIRST, "2026-11-01T01:10:00")
    never = row % 2 + ends % ("2026-03-08T02:30:00", "2026-03-08T03:10:00")
    for result in ("new", "unchanged"):
        good, bad = imported(cli, tmp_path, twice + never)
        assert (good["result"], bad["result"], bad["field"]) == (result, "refused", "started_at")
        assert "the clock was changed" in str(bad["error"])
    (kept,) = cli("export", "--type", "encounter", "--format", "records").rows
    assert kept["ended_at"] == "2026-11-01T01:10:00-05:00"


def test_the_name_of_no_code_system_is_said(cli: Cli, tmp_path: Path) -> None:
    row = '{"type":"allergy","allergy_id":"A-1","patient_id":"P-1","allergen_name":"x","code_system":"HOUSE"}'
    (line,) = imported(cli, tmp_path, row)
    assert (line["result"], "HOUSE" in str(line["notes"])) == ("new", True)


def test_an_import_without_a_server_says_that_it_waits_for_one(cli: Cli, people: Path) -> None:
    said = cli("import", people)
    assert said.code == 0 and "no server is set yet" in said.err
    assert "no server" not in cli("import", people).err  # nothing was queued
    assert "no server" not in cli("import", people, "--no-enqueue", "--whole").err
    assert cli("import", people, "--json").rows  # stdout is for the rows alone


def test_an_export_to_a_file_says_where_it_is(cli: Cli, people: Path, tmp_path: Path) -> None:
    cli("import", people)
    said = cli("export", "-o", tmp_path / "out.ndjson")
    assert said.code == 0 and said.out == "" and "out.ndjson" in said.err
    assert cli("export").err == ""
