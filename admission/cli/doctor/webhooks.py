"""Does the API server ask us, about the right things, and does it believe us?"""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator

from admission.cli.doctor import serving
from admission.cli.doctor.check import Check, Patient, fail, ok, skip, warn
from admission.cli.server.upkeep import owner_of, webhooks_of
from admission.cluster import certificates
from admission.cluster.registrar import CONFIGURATIONS, DISABLED
from admission.cluster.webhooks import FIRST_SIGHT, MUTATING, VALIDATING, full_name
from admission.model.document import Document, annotations_of, mapping, name_of, sequence, text

#: Words that do the same as the configuration's.
_FIELDS = (
    "failurePolicy",
    "timeoutSeconds",
    "rules",
    "namespaceSelector",
    "objectSelector",
    "matchConditions",
    "matchPolicy",
    "sideEffects",
    "reinvocationPolicy",
)


def registered(patient: Patient) -> Iterator[Check]:
    """Both configurations are there, enabled, and say what they should."""
    called = patient.section("webhooks")["name"]
    for kind, collection in CONFIGURATIONS.items():
        found = patient.get(f"{collection}/{called}")
        if found is None:
            yield fail("webhooks", f"{kind} {called} is not there: nobody is asked", _NOT_THERE)
            continue
        reason = text(annotations_of(found).get(DISABLED))
        if reason or not found.get("webhooks"):
            why = f": {reason}" if reason else ""
            yield fail("webhooks", f"{kind} {called} is disabled{why}", f"argo-admission enable --name {called}")
            continue
        yield from _as_it_should(patient, kind, found)


_NOT_THERE = (
    "look into the log of the replica that leads: it makes them once it is ready and its Service has a ready endpoint"
)


def _as_it_should(patient: Patient, kind: str, found: Document) -> Iterator[Check]:
    if not {"service", "url"} & patient.section("webhooks").keys():
        yield skip(
            "webhooks", f"{kind} {name_of(found)} is not compared: the configuration does not say how we are called"
        )
        return
    wanted = {each["name"]: each for each in webhooks_of(patient.configuration, b"", seen=False)[kind]["webhooks"]}
    there = {text(each.get("name")): each for each in map(mapping, sequence(found.get("webhooks")))}
    different = [f"{each} is missing" for each in wanted.keys() - there.keys() - _may_be_gone(patient)]
    different += [f"{each} is not ours" for each in there.keys() - wanted.keys()]
    for entry in sorted(wanted.keys() & there.keys()):
        different += [
            f"{field} of {entry}"
            for field in _FIELDS
            if _bare(wanted[entry].get(field)) != _bare(there[entry].get(field))
        ]
        different += _called_otherwise(entry, wanted[entry], there[entry])
    if not different:
        yield ok("webhooks", f"{kind} {name_of(found)} says what it should")
        return
    advice = "the leader puts it back; if it does not: do the pods run with the configuration that you gave me?"
    said = f"{kind} {name_of(found)} is not what the configuration says: {'; '.join(different)}"
    yield fail("webhooks", said, advice)


def _may_be_gone(patient: Patient) -> set[str]:
    """The entry by which a user of the controller is seen, once one has been."""
    return {full_name(FIRST_SIGHT)} if serving.controllers_seen(patient) else set()


def _called_otherwise(entry: str, wanted: Document, there: Document) -> list[str]:
    """How we are called, but for the caBundle."""
    ours = {key: value for key, value in mapping(wanted.get("clientConfig")).items() if key != "caBundle"}
    theirs = {key: value for key, value in mapping(there.get("clientConfig")).items() if key != "caBundle"}
    return [] if ours == theirs else [f"clientConfig of {entry}"]


def _bare(value: object) -> object:
    return value or None


def owned(patient: Patient) -> Iterator[Check]:
    """They go with the release."""
    section = patient.section("webhooks")
    owner = owner_of(section)
    if owner is None:
        advice = "set webhooks.owner, so that they go when we are uninstalled"
        yield warn("owner", "the webhook configurations belong to nobody", advice)
        return
    found = patient.get(owner.path)
    if found is None:
        yield fail(
            "owner", f"{owner.kind} {owner.name} is not there", "install the release again, or set webhooks.owner"
        )
        return
    uid = mapping(found.get("metadata")).get("uid")
    for kind, collection in CONFIGURATIONS.items():
        configuration = patient.get(f"{collection}/{section['name']}")
        if configuration is None:
            continue
        owners = sequence(mapping(configuration.get("metadata")).get("ownerReferences"))
        if uid in {mapping(each).get("uid") for each in owners}:
            yield ok("owner", f"{kind} {section['name']} goes with {owner.kind} {owner.name}")
        else:
            yield fail("owner", f"{kind} {section['name']} does not belong to {owner.kind} {owner.name}", _NOT_THERE)


def believed(patient: Patient) -> Iterator[Check]:
    """The caBundle trusts what we serve with."""
    serving = _serving(patient)
    if serving is None:
        yield skip("ca-bundle", "the serving certificate is in files of the pods, which are not read from here")
        return
    called = patient.section("webhooks")["name"]
    for kind, collection in CONFIGURATIONS.items():
        for each in sequence(mapping(patient.get(f"{collection}/{called}")).get("webhooks")):
            webhook = mapping(each)
            bundle = b64decode(text(mapping(webhook.get("clientConfig")).get("caBundle")))
            if not bundle.strip():
                advice = "remove the configuration; the leader makes it anew"
                yield fail("ca-bundle", f"{webhook.get('name')} has no caBundle", advice)
            elif not certificates.trusts(bundle, serving):
                yield fail("ca-bundle", f"{webhook.get('name')} does not trust the serving certificate", _UNTRUSTED)
            else:
                yield ok("ca-bundle", f"{webhook.get('name')} of {kind} trusts the serving certificate")


_UNTRUSTED = "is there a leader? It publishes the authorities of the Secret; docs/runbook.md, 'restore certificates'"


def expiry(patient: Patient) -> Iterator[Check]:
    """The serving certificate lasts."""
    from datetime import UTC, datetime, timedelta

    serving = _serving(patient)
    if serving is None:
        yield skip("certificate", "the serving certificate is in files of the pods; see the metric of its expiry")
        return
    ends = certificates.expires(serving)
    left = ends - datetime.now(UTC)
    said = f"the serving certificate ends on {ends:%Y-%m-%d}"
    renew = timedelta(days=mapping(patient.section("tls").get("selfManaged")).get("renewDays", 30))
    # It is renewed at half of its life if that is shorter; a day is time enough for the leader in any case.
    overdue = min(renew, certificates.lasts(serving) / 2) * 0.8
    if left < timedelta(0):
        yield fail("certificate", f"{said}: it is over", "docs/runbook.md, 'restore certificates'")
    elif left < overdue:
        yield warn("certificate", f"{said} and was not renewed in time", "is there a leader? Look into its log")
    else:
        yield ok("certificate", said)


def _serving(patient: Patient) -> bytes | None:
    section = mapping(mapping(patient.section("tls").get("selfManaged")).get("secret"))
    if not section:
        return None
    where = text(section.get("namespace")) or patient.namespace
    found = patient.get(f"/api/v1/namespaces/{where}/secrets/{section['name']}")
    data = mapping(mapping(found).get("data"))
    return b64decode(text(data.get("tls.crt"))) or None


def neighbours(patient: Patient) -> Iterator[Check]:
    """Others that change or judge the same objects."""
    called = patient.section("webhooks")["name"]
    for kind, what in ((MUTATING, "change"), (VALIDATING, "judge")):
        others = {
            name_of(each)
            for each in patient.items(CONFIGURATIONS[kind])
            if name_of(each) != called and any(map(_about_argo, sequence(each.get("webhooks"))))
        }
        if others and kind == MUTATING:
            advice = (
                "what they write after us is judged, but not expanded or defaulted by us; see that they do not fight"
            )
            yield warn("neighbours", f"others {what} Argo's objects, too: {', '.join(sorted(others))}", advice)
        elif others:
            yield ok("neighbours", f"others {what} Argo's objects, too: {', '.join(sorted(others))}")
        else:
            yield ok("neighbours", f"nobody else {what}s Argo's objects by a webhook")


def _about_argo(webhook: object) -> bool:
    rules = map(mapping, sequence(mapping(webhook).get("rules")))
    return any({"argoproj.io", "*"} & set(sequence(rule.get("apiGroups"))) for rule in rules)
