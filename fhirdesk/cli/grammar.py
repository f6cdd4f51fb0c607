"""Every verb of the command line and its options (docs/records.md): data about words, loaded before any work.

Each verb names the function that does it as `module:function` of `cli.verbs`: only the module that is needed is loaded.
"""

from argparse import ArgumentParser, ArgumentTypeError, BooleanOptionalAction, _SubParsersAction
from pathlib import Path

from fhirdesk.core.queue_entry import BULK_ACTIONS, Status
from fhirdesk.core.settings import ALGS, SIGN_INS, VENDORS
from fhirdesk.i18n.catalog.queue_actions import HELP
from fhirdesk.i18n.translation import N_, _, fill

TYPE_OF_ROWS = N_("of rows that do not name theirs: patient, encounter, lab_result, order and so on (docs/records.md)")
ROWS = N_("JSON, NDJSON or CSV, told apart by content, also .gz; nothing or -: standard input")
ROWS_OR_FHIR = N_("JSON, NDJSON, CSV or FHIR (resources, Bundles), told apart by content, also .gz; -: standard input")
STATES = [s.value for s in Status]


class Grammar:
    """Adds verbs to a parser; `shared` are the options that every verb takes."""

    def __init__(self, verbs: "_SubParsersAction[ArgumentParser]", shared: ArgumentParser):
        self._verbs, self._shared = verbs, shared

    def verb(self, name: str, run: str, help_: str) -> ArgumentParser:
        """Add a verb that `module:function` of `cli.verbs` does."""
        parser = self._verbs.add_parser(name, help=help_, description=help_, parents=[self._shared])
        parser.set_defaults(run=run)
        return parser

    def group(self, name: str, help_: str) -> "Grammar":
        """Add a verb that has verbs of its own. Returns the grammar to add them to."""
        parser = self._verbs.add_parser(name, help=help_, description=help_, parents=[self._shared])
        return Grammar(parser.add_subparsers(metavar="VERB", required=True), self._shared)


def add_all(grammar: Grammar) -> None:
    """Add every verb of the command line."""
    _data(grammar)
    _sending(grammar)
    _queue(grammar.group("queue", _("look at the queue and mend it")))
    _server(grammar)
    _store(grammar.group("store", _("look whether the local database is whole, and mend it")))
    _profiles(grammar.group("profile", _("servers: list, add, move, use, remove; their keys")))


def _data(grammar: Grammar) -> None:
    verb = grammar.verb("convert", "data:convert", _("records to FHIR NDJSON"))
    verb.add_argument("type", help=_(TYPE_OF_ROWS))
    verb.add_argument("file", nargs="?", default="-", help=_(ROWS))
    verb.add_argument("--encoding", help=_("what it is written in, where that is not found out: utf-16, cp949"))
    verb = grammar.verb("validate", "validate:validate", _("check FHIR JSON"))
    verb.add_argument("file", nargs="?", default="-", help=_("JSON or NDJSON, also .gz; nothing or -: standard input"))
    verb = grammar.verb("import", "import_records:import_", _("records into the local store, queued for the server"))
    verb.add_argument("files", nargs="+", help=_(ROWS_OR_FHIR))
    verb.add_argument("--type", help=_(TYPE_OF_ROWS))
    verb.add_argument("--no-enqueue", action="store_true", help=_("store only, send nothing"))
    verb.add_argument("--from", dest="source", metavar="NAME", help=_("the system that the files come from"))
    verb.add_argument("--whole", action="store_true", help=_("records are whole: what a row does not name is empty"))
    verb.add_argument("--encoding", help=_("what they are written in, where that is not found out: utf-16, cp949"))
    verb.add_argument(
        "--last-wins", action="store_true", help=_("of two rows of one record in one file the later counts")
    )
    verb = grammar.verb("export", "data:export", _("what the cache holds"))
    verb.add_argument("--type")
    verb.add_argument("--format", choices=("ndjson", "bundle", "records", "csv"), default="ndjson")
    verb.add_argument("-o", "--output", type=Path)
    verb = grammar.verb("preview", "data:preview", _("the resource as it would be sent now"))
    verb.add_argument("type")
    verb.add_argument("key")
    verb.add_argument("--request", action="store_true")
    verb = grammar.verb("edit", "edit:edit", _("a profile edit: the server first"))
    verb.add_argument("type", choices=("patient",))
    verb.add_argument("key")
    for field in ("phone", "email", "address", "postcode"):
        verb.add_argument(f"--{field}")
    verb.add_argument("--later", action="store_true")
    verb = grammar.verb("sample", "data:sample_", _("a sample clinic as NDJSON records"))
    verb.add_argument("--patients", type=_count, default=200)
    verb.add_argument("--seed", type=int, default=1)
    verb.add_argument("--faults", action="store_true", help=_("some records with natural faults, for rehearsals"))
    verb.add_argument("--types", help=_("only these record types, as in patient,lab_result"))


def _sending(grammar: Grammar) -> None:
    verb = grammar.verb("sync", "queue:sync", _("queue one record"))
    verb.add_argument("type")
    verb.add_argument("key")
    verb.add_argument("--operation", choices=("create", "update", "delete"), default="update")
    verb.add_argument("--priority", type=int, choices=range(11))
    verb = grammar.verb("sync-all", "queue:sync_all", _("queue everything changed since"))
    verb.add_argument("--type")
    verb.add_argument("--since", metavar="24h|DATE")
    verb = grammar.verb("drain", "queue:drain", _("send what is due"))
    how = verb.add_mutually_exclusive_group()
    how.add_argument("--until-empty", action="store_true")
    how.add_argument("--watch", action="store_true")
    verb.add_argument("--for", dest="seconds", type=seconds, metavar="SECONDS")
    verb.add_argument("--limit", type=_count, metavar="N", help=_("send at most N entries"))


def _queue(queue: Grammar) -> None:
    verb = queue.verb("list", "queue_read:list_", _("entries, the oldest first"))
    verb.add_argument("--status", choices=STATES)
    verb.add_argument("--type")
    verb.add_argument("--search", default="")
    queue.verb("show", "queue_read:show", _("one entry with its attempts")).add_argument("id")
    queue.verb("why", "queue_read:why", _("why an entry stands as it does")).add_argument("id")
    queue.verb("causes", "queue_read:causes", _("what needs a person, grouped by cause"))
    verb = queue.verb("chain", "queue_read:chain", _("what of a patient is not on the server, and what goes first"))
    verb.add_argument("key", metavar="PATIENT")
    for name in BULK_ACTIONS:
        verb = queue.verb(name, "queue_actions:many", _(HELP[name]))
        verb.set_defaults(deed=name, reason="")
        verb.add_argument("ids", nargs="*")
        verb.add_argument("--status", choices=STATES, help=_("all entries in that state"))
        verb.add_argument("--type", help=_("only records of that type"))
        verb.add_argument("--search", default="", help=_("only this key, or patient's key or name"))
        verb.add_argument("--yes", action="store_true", help=_("do not ask for the count"))
        if name == "discard":
            verb.add_argument("--reason", required=True)
    verb = queue.verb("edit", "queue_actions:edit", _("correct the record of an entry and send it again"))
    verb.add_argument("id")
    verb.add_argument("fields", nargs="+", metavar="FIELD=VALUE", help=_("an empty value removes the field"))
    verb = queue.verb("resolve", "queue_actions:resolve", _("end a conflict, or an outcome that stays unknown"))
    verb.add_argument("id")
    verb.add_argument("--mine", nargs="*", metavar="NAME", help=_("of these fields, or of all that both sides changed"))
    verb.add_argument("--theirs", nargs="*", metavar="NAME", help=_("the server's, likewise"))
    verb.add_argument("--set", nargs="+", metavar="NAME=VALUE", help=_("a third value; an empty one removes the field"))
    end = verb.add_mutually_exclusive_group()
    end.add_argument("--arrived", metavar="LOGICAL_ID", help=_("it is that one there"))
    end.add_argument("--absent", action="store_true", help=_("it is not there: send it again"))
    queue.verb("pause", "queue:pause", _("send nothing until resumed"))
    verb = queue.verb("resume", "queue:resume", _("send again"))
    verb.add_argument("--forget-ids", action="store_true", help=_("the server was reset: look every record up anew"))
    queue.verb("stats", "queue_read:stats", _("how many entries stand in each state"))


def _profiles(profile: Grammar) -> None:
    profile.verb("list", "profiles:list_", _("servers that are known here"))
    verb = profile.verb("add", "profiles:add", _("keep a server, or change it, and use it; asks for the secret"))
    verb.add_argument("name")
    verb.add_argument("url", nargs="?", help=_("its FHIR base; --server says the same"))
    _sign_in(verb)
    verb.add_argument("--colour")
    verb.add_argument("--vendor", choices=VENDORS)
    verb.add_argument("--settle", type=seconds, metavar="SECONDS")
    verb.add_argument("--in-flight", type=_count, metavar="N", help=_("single requests at a time"))
    verb.add_argument("--rate", type=seconds, metavar="PER_SECOND", help=_("requests a second at most; 0: no limit"))
    verb.add_argument(
        "--read-again", type=seconds, metavar="SECONDS", help=_("after which a patient is read before a change")
    )
    verb.add_argument("--bundle-entries", type=_count, metavar="N", help=_("entries in one Bundle; 1: no Bundles"))
    verb.add_argument("--bundle-bytes", type=_count, metavar="N")
    verb.add_argument("--bundles-in-flight", type=_count, metavar="N", help=_("Bundles at a time"))
    _switch(verb, "transactions", _("a transaction instead of a batch, where the server takes it"))
    _switch(verb, "gzip", _("compressed bodies"))
    verb.add_argument("--check", action="store_true", help=_("test the connection first, keep it only if that is good"))
    verb = profile.verb("move", "profiles:move", _("a server has another address: its sign-in is asked anew"))
    verb.add_argument("name")
    verb.add_argument("url", help=_("its new FHIR base"))
    _sign_in(verb)
    profile.verb("use", "profiles:use", _("make a server the one in use")).add_argument("name")
    profile.verb("jwks", "profiles:jwks", _("the public keys to register at a server (JWK Set)")).add_argument("name")
    profile.verb(
        "rotate", "profiles:rotate", _("make a new key; the one before stays beside it until the next time")
    ).add_argument("name")
    verb = profile.verb("remove", "profiles:remove", _("forget a server and its secret"))
    verb.add_argument("name")
    verb.add_argument("--yes", action="store_true", help=_("also with entries that are not on it"))


def _sign_in(verb: ArgumentParser) -> None:
    """Add the options of a sign-in, which belongs to one address."""
    verb.add_argument(
        "--sign-in", choices=SIGN_INS, help=_("default: secret with a client id, key with a key, else none")
    )
    for name in ("client-id", "token-url", "scope", "ca-file"):
        verb.add_argument(f"--{name}")
    verb.add_argument("--key-file", metavar="FILE", help=_("private keys, PEM or JWK; default: the keyring's"))
    verb.add_argument("--new-key", action="store_true", help=_("make the key; profile jwks shows what to register"))
    verb.add_argument("--alg", choices=ALGS, help=_("of the key that is made; default RS384"))
    _switch(verb, "allow-http", _("plain http to another computer"))


def _server(grammar: Grammar) -> None:
    grammar.verb("check", "server:check", _("the connection, step by step"))
    verb = grammar.verb("metrics", "server:metrics", _("how the server answered"))
    verb.add_argument("--prometheus", action="store_true")
    verb = grammar.verb(
        "sandbox", "sandbox:sandbox", _("the embedded server alone, in memory unless a store file is named")
    )
    verb.add_argument("--port", type=int, default=8080, help=_("0: a free one"))
    verb.add_argument("--store", type=Path, metavar="FILE", help=_("keep what it holds"))
    verb.add_argument(
        "--like", choices=("medplum", "hapi", "openemr"), default="medplum", help=_("whose habits it has")
    )
    verb.add_argument("--auth", choices=("none", "oauth"), default="none")
    verb.add_argument("--sign-in", choices=("any", "jwt"), help=_("jwt: by a signed assertion, never by a secret"))
    verb.add_argument("--token-ttl", type=_count, metavar="SECONDS", help=_("how long a token is good"))
    verb.add_argument("--clock-skew", type=float, metavar="SECONDS", help=_("how far its clock is ahead"))
    verb.add_argument("--with-parent", action="store_true", help=_("end when standard input closes"))


def _store(store: Grammar) -> None:
    store.verb("verify", "store:verify", _("is all as it was saved: pages, rows, the audit's chain"))
    for name, help_ in (
        ("renew", _("move what is there aside and start anew")),
        ("accept", _("go on with the database as it is, though saves are missing in it")),
    ):
        store.verb(name, f"store:{name}", help_).add_argument("--yes", action="store_true", help=_("do it"))
    salvage = store.verb("salvage", "store:salvage", _("move what is there aside and read what can be read of it"))
    salvage.add_argument("file", nargs="?", type=Path, help=_("a damaged database that was moved aside before"))
    salvage.add_argument("--yes", action="store_true", help=_("do it"))


def _switch(verb: ArgumentParser, name: str, help_: str) -> None:
    """`--name` and `--no-name`; without either what was chosen before stays."""
    verb.add_argument(f"--{name}", action=BooleanOptionalAction, default=None, help=help_)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or (number := int(text)) < 1:
        raise ArgumentTypeError(fill(_("{value} is not a count from 1 on"), value=repr(text)))
    return number


def seconds(text: str) -> float:
    """A number from 0 on. Raises ArgumentTypeError."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ArgumentTypeError(fill(_("{value} is not a number from 0 on"), value=repr(text)))
    return number
