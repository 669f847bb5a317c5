"""Is somebody there to answer, with the rights that he needs, and does one of them lead?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from admission.cli.doctor.check import Check, Patient, fail, listed, ok, skip, warn
from admission.cluster.lease import LEASES
from admission.cluster.permissions import PERMISSIONS, Permission
from admission.cluster.sightings import seen_in
from admission.cluster.webhooks import EXEMPT
from admission.model.document import Document, labels_of, mapping, name_of, sequence, text

_SLICES = "/apis/discovery.k8s.io/v1/namespaces/{}/endpointslices"
_REVIEWS = "/apis/authorization.k8s.io/v1/subjectaccessreviews"


def endpoints(patient: Patient) -> Iterator[Check]:
    """The Service has ready endpoints, more than one."""
    service = mapping(patient.section("webhooks").get("service"))
    if not service:
        yield skip("endpoints", "the API server calls a URL: whether somebody answers there is not known from here")
        return
    where = text(service.get("namespace")) or patient.namespace
    if patient.get(f"/api/v1/namespaces/{where}/services/{service['name']}") is None:
        yield fail("endpoints", f"there is no Service {where}/{service['name']}", "install the release again")
        return
    ready = [each for each in _endpoints(patient) if mapping(each.get("conditions")).get("ready", True)]
    if not ready:
        advice = f"kubectl -n {where} get pods: why is none ready? /readyz of a pod says it"
        yield fail("endpoints", f"no ready endpoint stands behind Service {where}/{service['name']}", advice)
    elif len(ready) == 1:
        advice = "run two replicas or more: while there is none, nothing can be created"
        yield warn("endpoints", f"only one replica stands behind Service {where}/{service['name']}", advice)
    else:
        yield ok("endpoints", f"{len(ready)} replicas stand behind Service {where}/{service['name']}")


def _endpoints(patient: Patient) -> Iterator[Document]:
    service = mapping(patient.section("webhooks").get("service"))
    where = text(service.get("namespace")) or patient.namespace
    query = {"labelSelector": f"kubernetes.io/service-name={service.get('name')}"}
    for each in patient.items(_SLICES.format(where), query):
        yield from map(mapping, sequence(each.get("endpoints")))


def leader(patient: Patient) -> Iterator[Check]:
    """One of the replicas leads."""
    section = patient.section("leaderElection")
    if not section["enabled"]:
        yield skip("leader", "there is no election: every process takes itself for the only one")
        return
    spec = mapping(_lease(patient).get("spec"))
    holder, renewed = text(spec.get("holderIdentity")), _time(text(spec.get("renewTime")))
    if not holder:
        yield fail("leader", f"nobody holds the Lease {section['name']}", "is a replica running, and may it?")
        return
    silent = datetime.now(UTC) - renewed
    if silent > 3 * timedelta(seconds=section["leaseSeconds"]):
        advice = "is a replica running, and may it write the Lease?"
        yield fail("leader", f"{holder} has not renewed its Lease for {silent.total_seconds():.0f} s", advice)
    else:
        yield ok("leader", f"{holder} leads")


def seen(patient: Patient) -> Iterator[Check]:
    """Whether findings about status and system labels deny yet."""
    if found := controllers_seen(patient):
        yield ok("controller-seen", f"{listed(found)} was seen to update a Workflow: what others write of it is denied")
        return
    said = "no update by controller.users has been noted yet: of what others write into status is only warned"
    yield skip("controller-seen", said, "let a Workflow run; if this stays, see controller-users")


def controllers_seen(patient: Patient) -> frozenset[str]:
    """The users of the controller of which the replicas have noted on their Lease that they were seen."""
    annotations = mapping(mapping(_lease(patient).get("metadata")).get("annotations"))
    return seen_in(annotations) & set(patient.section("controller")["users"])


def _lease(patient: Patient) -> Document:
    """The Lease by which the replicas elect one; empty where there is none."""
    section = patient.section("leaderElection")
    where = text(section.get("namespace")) or patient.namespace
    return patient.get(f"{LEASES.format(where)}/{section['name']}") or {}


def _time(written: str) -> datetime:
    try:
        return datetime.fromisoformat(written)
    except ValueError:
        return datetime.fromtimestamp(0, UTC)


def permissions(patient: Patient) -> Iterator[Check]:
    """Our service account may do what it must, so that no informer is denied."""
    account = _account(patient)
    if account is None:
        yield skip("permissions", "no running pod says which service account is ours", "start a replica")
        return
    where, called = account
    user = f"system:serviceaccount:{where}:{called}"
    denied = [
        f"{verb} {_called(each)}"
        for each in needed(patient)
        for verb in each.verbs
        if not _may(patient, user, each, verb)
    ]
    if denied:
        advice = "compare its roles with those of the chart; what it may not list is unavailable to policies"
        yield fail("permissions", f"{user} may not {listed(denied, 8)}", advice)
    else:
        yield ok("permissions", f"{user} may do all that it must")


def _account(patient: Patient) -> tuple[str, str] | None:
    """Namespace and name of the service account of a pod behind the Service."""
    if "service" not in patient.section("webhooks"):
        return None
    for endpoint in _endpoints(patient):
        target = mapping(endpoint.get("targetRef"))
        if target.get("kind") == "Pod":
            where = text(target.get("namespace"))
            pod = patient.get(f"/api/v1/namespaces/{where}/pods/{text(target.get('name'))}")
            if pod is not None:
                return where, text(mapping(pod.get("spec")).get("serviceAccountName")) or "default"
    return None


def needed(patient: Patient) -> Iterator[Permission]:
    """The permissions that the configuration asks for."""
    configuration = patient.configuration
    parts = {
        "": True,
        "conditions": configuration["policies"]["conditions"],
        "leaderElection": configuration["leaderElection"]["enabled"],
        "selfManaged": "secret" in mapping(configuration["tls"].get("selfManaged")),
        "webhooks": configuration["webhooks"]["manage"],
        "audit": bool(configuration["audit"]["intervalSeconds"] and configuration["audit"]["reports"]),
        "events": configuration["events"]["enabled"],
    }
    return (each for each in PERMISSIONS if parts[each.part])


def _called(permission: Permission) -> str:
    return f"{permission.resource}.{permission.group}" if permission.group else permission.resource


def _may(patient: Patient, user: str, permission: Permission, verb: str) -> bool:
    resource, _, sub = permission.resource.partition("/")
    attributes = {
        "group": permission.group,
        "resource": resource,
        "subresource": sub,
        "verb": verb,
        "namespace": _namespace(patient, permission),
        "name": _object(patient, permission),
    }
    spec = {
        "user": user,
        "groups": ["system:serviceaccounts", "system:authenticated"],
        "resourceAttributes": attributes,
    }
    review = {"apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec}
    return mapping(patient.client.create(_REVIEWS, review).get("status")).get("allowed") is True


def _namespace(patient: Patient, permission: Permission) -> str:
    if permission.scope == "release":
        return patient.namespace
    return text(patient.section("controller")["namespace"]) if permission.scope == "controller" else ""


def _object(patient: Patient, permission: Permission) -> str:
    configuration = patient.configuration
    names = {
        "": "",
        "webhooks": configuration["webhooks"]["name"],
        "owner": mapping(configuration["webhooks"].get("owner")).get("name", ""),
        "lease": configuration["leaderElection"]["name"],
        "secret": mapping(mapping(configuration["tls"].get("selfManaged")).get("secret")).get("name", ""),
        "controller-config": configuration["controller"]["configMap"],
    }
    return text(names[permission.name])


def exemptions(patient: Patient) -> Iterator[Check]:
    """Which namespaces are exempt, and which only think so."""
    named = set(patient.section("webhooks")["exemptNamespaces"])
    labelled = {name_of(each) for each in patient.items("/api/v1/namespaces") if EXEMPT in labels_of(each)}
    if exempt := labelled & named:
        yield warn(
            "exemptions", f"nothing is judged in {listed(exempt)}", f"take the label {EXEMPT} off when it is over"
        )
    if vain := labelled - named:
        advice = f"take the label {EXEMPT} off, or name them in webhooks.exemptNamespaces"
        yield warn("exemptions", f"{listed(vain)} have the label of exempt namespaces, and are not exempt", advice)
    if not labelled:
        yield ok("exemptions", "no namespace is exempt")
