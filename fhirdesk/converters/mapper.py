"""The door to the converters for all that depends on the base address, the time zone or the vendor: rows are read and
checked, records become resources and resources records. What depends on the type alone is in `registry`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from fhirdesk.converters import provenance as origins
from fhirdesk.converters import registry
from fhirdesk.converters.context import Context, StoredTypes
from fhirdesk.converters.draft import Draft, reference_keys
from fhirdesk.converters.provenance import MakeResource
from fhirdesk.converters.reverse import read_new
from fhirdesk.converters.row_reader import read_fields
from fhirdesk.core.errors import InvalidRecord, Refused
from fhirdesk.core.records import Base, Record, SourceRecord
from fhirdesk.core.resource import Resource, identifier, references
from fhirdesk.core.vendors import Habits
from fhirdesk.core.views import OriginView
from fhirdesk.r4 import json
from fhirdesk.r4.check import Finding, check

__all__ = ["Draft", "MakeResource", "Mapper"]


@dataclass(frozen=True, slots=True)
class Mapper:
    """Maps records to FHIR resources and back, in one context."""

    context: Context = field(default_factory=Context)

    def with_stored_types(self, stored_types: StoredTypes) -> "Mapper":
        """Returns a mapper that knows the FHIR types of what the records refer to, where there is a choice."""
        return Mapper(replace(self.context, stored_types=stored_types)) if stored_types else self

    def identifier_system(self, type_: str) -> str:
        """Returns the identifier system of a record type's keys."""
        return self.context.identifier_system(type_)

    @property
    def habits(self) -> Habits:
        """How the vendor's servers differ from R4."""
        return self.context.habits

    # -- rows

    def read_row(self, raw: Mapping[str, Any], type_: str | None, *, table: bool = False) -> SourceRecord:
        """Returns what a raw row says, each field in canonical spelling. `table`: the row comes from a CSV. Raises
        InvalidRecord naming the field and, if it is known, the key."""
        name = raw.get("type") or type_
        if not isinstance(name, str):
            raise InvalidRecord("type_missing", field="type")
        kind = registry.converter(name).record_type
        try:
            fields = read_fields(kind, raw, self.context, table=table)
            if fields.get(kind.key_field) is None:
                raise InvalidRecord("field_missing", field=kind.key_field)
        except InvalidRecord as error:
            key = raw.get(kind.key_field)
            named = isinstance(key, str | int) and not isinstance(key, bool)
            raise registry.with_key(error, str(key) if named else None) from None
        return registry.build_source_record(name, str(fields[kind.key_field]), fields)

    def read_record(self, raw: Mapping[str, Any], type_: str | None, *, table: bool = False) -> Record:
        """Returns the record that a raw row makes by itself, in canonical spelling. Raises InvalidRecord naming the
        field and, if it is known, the key."""
        incoming = self.read_row(raw, type_, table=table)
        return registry.apply_changes(incoming, None, incoming.fields)

    def convert(self, raw: Mapping[str, Any], type_: str | None, *, table: bool = False) -> tuple[Record, Resource]:
        """Returns the record of a raw row, and its resource, which is valid R4. Raises InvalidRecord naming the
        record's field."""
        record = self.read_record(raw, type_, table=table)
        return record, self.to_valid_resource(record)

    def edit_record(self, record: Record, fields: Mapping[str, Any]) -> Record:
        """Returns the record with the edited fields, by name or alias ("" or None removes one), read by the rules of
        any row. Raises InvalidRecord; Refused if the edit would change the key."""
        kind = registry.record_types()[record.type]
        incoming = registry.build_source_record(record.type, record.key, read_fields(kind, fields, self.context))
        if str(incoming.fields.get(kind.key_field, record.key)) != record.key:
            raise Refused("key_stays", key=record.key)
        changes = {n: v for n, v in incoming.fields.items() if record.fields.get(n) != v}
        cleared = {f.name: None for f in kind.fields if f.goes_with in changes and f.name not in incoming.fields}
        edited = registry.apply_changes(incoming, record, changes | cleared)
        self.to_valid_resource(edited)
        return edited

    # -- to FHIR

    def draft(self, record: Record) -> Draft:
        """Returns the record's resource and references, each worked out once, when it is first asked for."""
        return Draft(record, self.context)

    def to_resource(self, record: Record) -> Resource:
        """Returns the record's resource; its references name record keys, or stand as they came, not yet the server's
        ids. Raises InvalidInput."""
        return self.draft(record).resource

    def to_valid_resource(self, record: Record) -> Resource:
        """Returns the resource of the record's fields, which is valid R4. Raises InvalidRecord naming the record's
        field."""
        resource = self.draft(record).converted
        for finding in check(resource):
            if finding.severity in ("error", "fatal"):
                raise self._to_invalid_record(record, resource, finding)
        return resource

    def provenance(
        self, record: Record, make: MakeResource | None = None, merged_into: Sequence[Resource] = ()
    ) -> tuple[OriginView, ...]:
        """Returns where each value of the record's resource came from, and the fields that were left out. `make`: makes
        the resource that is shown, if it is not that of the fields; `kept`: the resources that it is merged into."""
        converter = registry.converter(record.type)
        return origins.trace_origins(
            record, converter, make or origins.make_alone(converter, self.context), merged_into
        )

    def field_at(self, record: Record, sent: Resource, expression: str) -> str | None:
        """Returns the record's field that an expression such as Patient.telecom[0].value is about, or None. `sent`: the
        body."""
        return next(iter(self.fields_at(record, sent, expression)), None)

    def fields_at(self, record: Record, sent: Resource, expression: str) -> tuple[str, ...]:
        """Returns all fields of the record that an expression may be about, the likeliest first."""
        return origins.fields_at(record, sent, expression, registry.converter(record.type), self.context)

    # -- from FHIR

    def type_of(self, resource: Resource) -> str | None:
        """Returns the record type of a resource: the one whose identifier it carries, else the first of its FHIR
        type."""
        kinds = registry.record_types().items()
        fits = [name for name, kind in kinds if resource.get("resourceType") in kind.resource_types]
        with_identifier = (n for n in fits if identifier(resource, self.identifier_system(n)) is not None)
        return next(with_identifier, fits[0] if fits else None)

    def key_of(self, resource: Resource, type_: str) -> str:
        """Returns the record's key: the value under our identifier system, else Type/id."""
        number = identifier(resource, self.identifier_system(type_))
        return number or f"{resource.get('resourceType')}/{resource.get('id', '')}"

    def to_fields(self, type_: str, resource: Mapping[str, Any]) -> dict[str, Any]:
        """Returns the fields of a record of that type as the resource has them, without the key."""
        return registry.converter(type_).to_fields(dict(resource), self.context)

    def from_resource(self, resource: Resource, over: Record | None = None, type_: str | None = None) -> Record | None:
        """Returns the record that a resource describes, or None if no record type fits. `over`: the record that the
        resource was made of; fields that say the same keep their words. Required fields may be missing: the record is
        partial."""
        if over:
            return self.draft(over).read_over(resource)
        name = type_ or self.type_of(resource)
        if name is None:
            return None
        return read_new(resource, self.key_of(resource, name), registry.converter(name), self.context)

    def from_fhir(self, type_: str, key: str, resource: Resource, base: Base) -> Record:
        """Returns the record that a resource describes, with the resource as its base. Required fields may be missing:
        the record is partial."""
        with_keys = replace(self.context, keys=reference_keys(references(resource), base.links))
        return replace(read_new(resource, key, registry.converter(type_), with_keys), base=base)

    def read_source_record(self, type_: str, key: str, resource: Resource, base: Base) -> SourceRecord:
        """Returns what a resource says of a record: all fields, None for those that it lacks, since a resource is
        complete."""
        fields = self.from_fhir(type_, key, resource, base).fields
        return SourceRecord(
            type_, key, {f.name: fields.get(f.name) for f in registry.record_types()[type_].fields}, base
        )

    def update_record(self, before: Record | None, incoming: SourceRecord) -> Record:
        """Returns the record `before` (None: a new one) as a newer resource describes it. Fields that the FHIR type has
        no place for stay, and so does a word that means what the resource says."""
        assert incoming.base
        fresh = Record(
            incoming.type,
            incoming.key,
            {n: v for n, v in incoming.fields.items() if v is not None},
            incoming.base,
        )
        if before is None:
            return fresh
        try:
            read = self.draft(before).read_over(json.loads(incoming.base.body), incoming.base.links)
        except InvalidRecord:  # the one that is here cannot be made a resource
            return fresh
        return replace(read, base=incoming.base)

    def _to_invalid_record(self, record: Record, resource: Resource, finding: Finding) -> InvalidRecord:
        named = self.field_at(record, resource, finding.expression)
        error = InvalidRecord(finding.words, field=named, key=record.key)
        error.params |= finding.params
        return error
