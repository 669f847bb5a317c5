"""The cases of the library through the webhook on a real API server: what it says is what ``test`` says on a laptop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import pytest

from admission.argo.kinds import KINDS
from admission.cli import check, policy_files
from admission.cli.demo.kinds import definitions
from admission.cli.demo.plane import ControlPlane
from admission.cli.demo.webhook import Webhook
from admission.cli.options import Options
from admission.cli.test import casework
from admission.model.document import Document
from admission.model.finding import Action
from admission.model.review import line
from admission.model.warnings import within_limits
from admission.policy import data
from admission.policy.cases import Case
from admission.policy.catalogue import BUNDLES
from admission.snapshot import Snapshot

from .served import ApiServer

pytestmark = pytest.mark.cluster

#: What tells the cases of one policy from those of others.
LABEL = "of-the-library-test"

#: Grants govern a whole namespace, so that policies of grants have their own.
WARNING, ENFORCING = "warning", "enforcing"
OTHERS, OF_GRANTS = "library", "grants"
ENFORCE = {f"argo-admission.io/{bundle}": "enforce" for bundle in BUNDLES}
NAMESPACES: dict[str, dict[str, str]] = {
    f"{group}-{mode}": labels for group in (OTHERS, OF_GRANTS) for mode, labels in ((WARNING, {}), (ENFORCING, ENFORCE))
}

PLURALS = {kind.kind: kind.plural for kind in KINDS.values()}
PLURALS |= {kind: crd["spec"]["names"]["plural"] for kind, crd in data.crds().items()}

FOLDERS = casework.folders(["builtin"], Options())
ALL = [(folder, case) for folder in FOLDERS for case in folder.cases]


@dataclass(frozen=True)
class Given:
    """A case as it is put to the API server: in its own namespace, with the names of its own templates."""

    case: Case
    namespace: str

    @property
    def templates(self) -> list[Document]:
        return [each for each in self.case.catalog if each["kind"] not in ("Namespace", "SubjectAccessReview")]

    @property
    def reviews(self) -> list[Document]:
        """What RBAC says."""
        return [each for each in self.case.catalog if each["kind"] == "SubjectAccessReview"]

    @property
    def grants(self) -> Iterator[Document]:
        """What must be there for RBAC to say that: roles and their bindings."""
        user = self.case.asker.username
        subjects = [{"kind": "User", "name": user, "apiGroup": "rbac.authorization.k8s.io"}]
        asked = [each["spec"]["resourceAttributes"] for each in self.reviews if each["status"]["allowed"]]
        workflows = {"group": "argoproj.io", "resource": "workflows", "verb": "create", "namespace": self.namespace}
        for number, one in enumerate([workflows, *asked] if user else ()):
            where = "" if "namespace" in one else "Cluster"
            metadata = {"name": f"{user}-{number}", **({"namespace": self.namespace} if not where else {})}
            rule = {"apiGroups": [one["group"]], "resources": [one["resource"]], "verbs": [one["verb"]]}
            names = {"resourceNames": [one["name"]]} if "name" in one else {}
            kind = {"apiVersion": "rbac.authorization.k8s.io/v1", "metadata": metadata}
            yield {**kind, "kind": f"{where}Role", "rules": [{**rule, **names}]}
            role = {"apiGroup": "rbac.authorization.k8s.io", "kind": f"{where}Role", "name": metadata["name"]}
            yield {**kind, "kind": f"{where}RoleBinding", "roleRef": role, "subjects": subjects}


def group(folder: casework.PolicyFolder) -> str:
    return OF_GRANTS if any("allow" in document["spec"] for document in folder.documents) else OTHERS


def given(folder: casework.PolicyFolder, case: Case) -> Given:
    """*case* where only its own policy looks at it, in a namespace that warns or, if it says so, enforces."""
    mode = ENFORCING if any(each["kind"] == "Namespace" for each in case.catalog) else WARNING
    namespace = f"{group(folder)}-{mode}"
    names = {"default": namespace}
    names |= {
        each["metadata"]["name"]: f"{each['metadata']['name']}-{folder.name}-{case.name}"
        for each in Given(case, "").templates
    }

    def moved(document: Document) -> Document:
        text = json.dumps(document)
        for before, after in names.items():
            text = text.replace(f'"name": "{before}"', f'"name": "{after}"')
            text = text.replace(f'"namespace": "{before}"', f'"namespace": "{after}"')
        found: Document = json.loads(text)
        if found["kind"] in ("Workflow", "CronWorkflow", "WorkflowTemplate"):
            found["metadata"]["namespace"] = namespace
        return found

    document = moved(case.document)
    document["metadata"].setdefault("labels", {})[LABEL] = folder.name
    catalog = tuple(moved(each) for each in case.catalog)
    return Given(replace(case, reviewed=replace(case.reviewed, document=document), catalog=catalog), namespace)


@cache
def around() -> Snapshot:
    return check.snapshot(Options())


def on_a_laptop(folder: casework.PolicyFolder, asked: Given) -> casework.Seen:
    """What is said of a case without any cluster."""
    labels = NAMESPACES[asked.namespace]
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": asked.namespace, "labels": labels}}
    case = replace(asked.case, catalog=(*asked.templates, *asked.reviews, namespace))
    return casework.seen(case, policy_files.usable(of_one_folder(folder)), around(), folder.namespace)


def of_one_folder(folder: casework.PolicyFolder) -> list[Document]:
    """The policy and bindings of *folder*, which concern its own cases alone."""
    found = []
    for document in folder.documents:
        spec = document["spec"]
        if document["kind"] == "WorkflowPolicyBinding":
            own = {"namespaces": [f"{group(folder)}-*"], "objectSelector": {"matchLabels": {LABEL: folder.name}}}
            where = {**spec["matchResources"], **own}
            document = {**document, "spec": {**spec, "matchResources": where}}
        found.append(document)
    return found


class Server(ApiServer):
    """Creations as its administrator, or whom he takes himself for."""

    def create(self, document: Document, *, dry_run: bool = True, user: str = "") -> tuple[int, Document, list[str]]:
        """Status, document and warnings."""
        namespace = document["metadata"].get("namespace")
        within = f"/namespaces/{namespace}" if namespace else ""
        path = f"/apis/{document['apiVersion']}{within}/{PLURALS[document['kind']]}"
        query = "?dryRun=All" if dry_run else ""
        return self.post(path + query, document, **({"Impersonate-User": user} if user else {}))


@pytest.fixture(scope="module")
def server(plane: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The API server, and in front of it the webhook with the library; the templates of all cases are there."""
    folder = tmp_path_factory.mktemp("library")
    (folder / "policies.yaml").write_text(
        "---\n".join(json.dumps(each) + "\n" for one in FOLDERS for each in of_one_folder(one))
    )
    plane.apply(*definitions())
    made = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}}
        for name, labels in NAMESPACES.items()
    ]
    grants = [each for one, case in ALL for each in given(one, case).grants]
    plane.apply(*made)
    plane.apply(*grants)
    api = Server(plane, folder)
    templates = [each for one, case in ALL for each in given(one, case).templates]
    for template in templates:
        status, answer, _ = api.create(template, dry_run=False)
        assert status == 201, answer
    sections = {"policies": {"cluster": False, "paths": [str(folder / "policies.yaml")]}}
    with Webhook(plane, folder / "webhook", **sections):
        yield api
    plane.kubectl("delete", "namespace", *NAMESPACES, "--wait=false")
    shared = [each["metadata"]["name"] for each in templates if "namespace" not in each["metadata"]]
    plane.kubectl("delete", "clusterworkflowtemplates", *shared)
    for each in grants:
        if each["kind"].startswith("Cluster"):
            plane.kubectl("delete", each["kind"], each["metadata"]["name"])


@pytest.mark.parametrize("folder", FOLDERS, ids=[folder.name for folder in FOLDERS])
def test_a_policy_is_accepted(server: Server, folder: casework.PolicyFolder) -> None:
    """The API server takes the policy and its bindings: neither the kinds' schemas nor the webhook say anything."""
    for document in folder.documents:
        status, answer, warnings = server.create(document)

        assert (201, []) == (status, warnings), answer


@pytest.mark.parametrize(("folder", "case"), ALL, ids=[f"{folder.name}/{case.name}" for folder, case in ALL])
def test_a_case(server: Server, folder: casework.PolicyFolder, case: Case) -> None:
    """The API server answers with the same messages at the same places, and would store the same."""
    asked = given(folder, case)
    expected = on_a_laptop(folder, asked)
    own = f"[policy/{folder.name}]"

    status, answer, warnings = server.create(asked.case.document, user=case.asker.username)

    by_action = {action: [line(each) for each in expected.findings if each.action is action] for action in Action}
    denied = [each[2:] for each in answer.get("message", "").splitlines() if each.endswith(own)]
    if asked.templates:
        # Here they are written out before anybody validates, so that what is found has another place.
        assert bool(by_action[Action.DENY]) == bool(denied), answer
        return
    assert sorted(by_action[Action.DENY]) == sorted(denied)
    for warning in within_limits(by_action[Action.WARN]):
        assert any(warning in each for each in map(unquoted, warnings)), warnings
    if case.after is not None:
        assert status == 201, answer
        assert expected.changed["spec"] == answer["spec"]


def unquoted(warning: str) -> str:
    """The text of a Warning header (RFC 7234)."""
    return warning.encode("latin-1", "ignore").decode(errors="ignore").replace('\\"', '"').replace("\\\\", "\\")
