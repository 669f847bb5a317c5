"""What the engine decides of templates: pins, signatures, contracts, and changes that break users."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from engine.asking import (
    binding,
    container,
    created,
    decided,
    request,
    snapshot,
    sources,
    steps,
    template,
    workflow,
)
from test_signatures import pem

from admission.model.document import Document
from admission.model.finding import Action
from admission.model.review import Phase, Verdict
from admission.model.settings import ExpansionMode
from admission.snapshot import Snapshot
from admission.trust.digest import digest
from admission.trust.signatures import sign, signed

KEY, OTHER_KEY = ed25519.Ed25519PrivateKey.generate(), ed25519.Ed25519PrivateKey.generate()
BUILD = template("build", container("main"))
REFERS = {"workflowTemplateRef": {"name": "build"}}


def noted(document: Document, **annotations: Any) -> Document:
    """*document* with annotations of ours."""
    said = {
        f"argo-admission.io/{key.replace('_', '-')}": value if isinstance(value, str) else json.dumps(value)
        for key, value in annotations.items()
    }
    metadata = document["metadata"]
    return {**document, "metadata": {**metadata, "annotations": {**metadata.get("annotations", {}), **said}}}


def both(document: Document, around: Snapshot) -> tuple[set[str], set[str]]:
    """Who denies *document* when it is created: at ``/mutate``, and at ``/validate`` as it came."""
    asked = request("CREATE", document)
    return sources(decided(asked, around, Phase.MUTATE)), sources(decided(asked, around))


def signing(
    *actions: str, kinds: list[str] | None = None, params: Document | None = None, **more: Any
) -> list[Document]:
    """A policy that demands signatures, and its binding."""
    spec = {"kinds": kinds or ["Workflow", "CronWorkflow"], "signatures": {"keys": {"release": pem(KEY)}, **more}}
    document = {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "WorkflowPolicy",
        "metadata": {"name": "signed"},
        "spec": {"title": "Templates are signed.", **spec},
    }
    return [document, binding("signed", *actions, **({"params": params} if params else {}))]


def by(document: Document, key: ed25519.Ed25519PrivateKey = KEY) -> Document:
    return signed(document, [sign(document, key, "release")])


def test_pins_are_decided_before_references_are_gone() -> None:
    """Other content is refused at /mutate, which would write it out, and at /validate where it still is a reference."""
    pinned = noted(workflow("w", **REFERS), pins={"namespaced/build": digest(BUILD)})
    edited = template("build", container("main", args=["x"]))

    assert (set(), set()) == both(pinned, snapshot(BUILD))
    assert ({"pins"}, {"pins"}) == both(pinned, snapshot(edited))
    assert (set(), {"pins"}) == both(pinned, snapshot(edited, expansion=ExpansionMode.EVALUATE))


def test_what_was_written_out_is_not_held_to_pins_again() -> None:
    """The stored Workflow has what was pinned; what the template says later is another matter."""
    pinned = noted(workflow("w", **REFERS), pins={"namespaced/build": digest(BUILD)})
    stored = created(pinned, snapshot(BUILD))
    later = snapshot(template("build", container("main", args=["x"])))

    assert set() == sources(decided(request("CREATE", stored), later))


def test_pins_of_a_schedule_and_of_a_template() -> None:
    """A CronWorkflow and a template with a pin are judged when they are written, and whenever they change."""
    wrong = {"namespaced/build": "sha256:" + "0" * 64}
    cron = noted(workflow("c", kind="CronWorkflow", schedules=["@daily"], workflowSpec=REFERS), pins=wrong)
    calls = template("calls", steps("main", {"templateRef": {"name": "build", "template": "main"}}))

    assert "pins" in sources(decided(request("CREATE", cron), snapshot(BUILD)))
    assert {"pins"} == sources(decided(request("CREATE", noted(calls, pins=wrong)), snapshot(BUILD)))
    assert {"pins"} == sources(decided(request("UPDATE", noted(calls, pins=wrong), calls), snapshot(BUILD)))


def test_contracts() -> None:
    """What a template's author forbids is refused at both calls, and when what was written out runs again."""
    strict = noted(
        template("build", container("main"), arguments={"parameters": [{"name": "n", "value": "1"}]}),
        parameters={"n": {"maximum": 3}},
    )
    around = snapshot(strict)
    good, bad = (workflow("w", **REFERS, arguments={"parameters": [{"name": "n", "value": value}]}) for value in "29")
    stored = created(good, around)
    again = json.loads(json.dumps(stored).replace('"value": "2"', '"value": "9"'))

    assert (set(), set()) == both(good, around)
    assert ({"lint/parameter-contract"}, {"lint/parameter-contract"}) == both(bad, around)
    assert set() == sources(decided(request("CREATE", stored), around))
    assert {"lint/parameter-contract"} == sources(decided(request("CREATE", again), around))


def test_contracts_as_strict_as_a_binding_wants() -> None:
    """A binding makes it a warning, which only /validate says."""
    strict = noted(
        template("build", container("main"), arguments={"parameters": [{"name": "n", "value": "1"}]}),
        parameters={"n": {"maximum": 3}},
    )
    around = snapshot(strict, policies=[binding("lint/parameter-contract", "Warn")])
    bad = workflow("w", **REFERS, arguments={"parameters": [{"name": "n", "value": "9"}]})

    assert (set(), set()) == both(bad, around)
    assert any("parameter-contract" in each for each in decided(request("CREATE", bad), around).warnings)


@pytest.mark.parametrize(
    ("behind", "expected"),
    [(by(BUILD), set()), (BUILD, {"policy/signed"}), (by(BUILD, OTHER_KEY), {"policy/signed"})],
    ids=["signed", "not signed", "signed by somebody"],
)
def test_signatures_of_what_a_workflow_reaches(behind: Document, expected: set[str]) -> None:
    """A Workflow runs signed templates only: decided at /mutate for what goes, at /validate for what is there."""
    around = snapshot(behind, policies=signing())
    cron = workflow("c", kind="CronWorkflow", schedules=["@daily"], workflowSpec=REFERS)

    assert (expected, expected) == both(workflow("w", **REFERS), around)
    assert expected == sources(decided(request("CREATE", cron), around)) - {"update/author"}


def test_signatures_at_any_depth() -> None:
    """What a signed template calls must be signed, too."""
    calls = by(template("calls", steps("main", {"templateRef": {"name": "build", "template": "main"}})))
    document = workflow("w", workflowTemplateRef={"name": "calls"})

    assert {"policy/signed"} == sources(
        decided(request("CREATE", document), snapshot(calls, BUILD, policies=signing()))
    )
    assert set() == sources(decided(request("CREATE", document), snapshot(calls, by(BUILD), policies=signing())))


def test_signatures_for_certain_service_accounts() -> None:
    """Only Workflows in which such an account runs something are held to it, wherever that is said."""
    around = snapshot(BUILD, policies=signing(serviceAccounts=["deploy*"]))

    assert (set(), set()) == both(workflow("w", **REFERS), around)
    assert ({"policy/signed"},) * 2 == both(workflow("w", **REFERS, serviceAccountName="deployer"), around)
    assert (set(), set()) == both(workflow("w", **REFERS, serviceAccountName="reader"), around)


def test_signatures_of_templates_themselves() -> None:
    """A policy on templates wants each of them signed, and hears of it when a signature is taken away."""
    around = snapshot(policies=signing(kinds=["WorkflowTemplate"]))

    assert {"policy/signed"} == sources(decided(request("CREATE", BUILD), around))
    assert set() == sources(decided(request("CREATE", by(BUILD)), around))
    assert {"policy/signed"} == sources(decided(request("UPDATE", BUILD, by(BUILD)), around))


def test_keys_from_params_and_several_at_once() -> None:
    """Keys come from params as well; while they rotate either is enough, and a policy may want both."""
    params = {"keys": {"new": pem(OTHER_KEY)}}
    document = workflow("w", **REFERS)
    either = snapshot(by(BUILD, OTHER_KEY), policies=signing(params=params))
    needed = signing(params=params, needed=2)
    twice = signed(BUILD, [sign(BUILD, KEY, "release"), sign(BUILD, OTHER_KEY, "new")])

    assert set() == sources(decided(request("CREATE", document), either))
    assert {"policy/signed"} == sources(decided(request("CREATE", document), snapshot(by(BUILD), policies=needed)))
    assert set() == sources(decided(request("CREATE", document), snapshot(twice, policies=needed)))


def test_templates_of_its_own() -> None:
    """Where only references are let through, nobody writes himself what nobody has signed."""
    around = snapshot(by(BUILD), policies=signing(onlyReferences=True))
    mixed = workflow(
        "w", entrypoint="main", templates=[steps("main", {"templateRef": {"name": "build", "template": "main"}})]
    )
    stored = created(workflow("w", **REFERS), around)

    assert {"policy/signed"} == sources(decided(request("CREATE", workflow("w")), around))
    assert ({"policy/signed"},) * 2 == both(mixed, around)
    assert "templates" in stored["spec"]
    assert set() == sources(decided(request("CREATE", stored), around))


def test_keys_that_cannot_be_read_let_nothing_through() -> None:
    """A policy with a key that is none cannot decide, which its failure policy makes a denial."""
    around = snapshot(by(BUILD), policies=signing(keys={"release": "-----BEGIN PUBLIC KEY-----"}))

    assert {"policy/signed"} == sources(decided(request("CREATE", workflow("w", **REFERS)), around))


def test_our_own_defaulting_breaks_no_signature() -> None:
    """Templates are never rewritten, and what we put into Workflows is put into copies."""
    mutation = {
        "apiVersion": "argo-admission.io/v1alpha1",
        "kind": "WorkflowPolicy",
        "metadata": {"name": "limits"},
        "spec": {
            "title": "Limits.",
            "mutations": [{"target": "Container", "default": {"resources": {"limits": {"cpu": "1"}}}}],
        },
    }
    around = snapshot(by(BUILD), policies=[*signing(), mutation, binding("limits")])
    stored = created(workflow("w", **REFERS), around)

    assert {"limits": {"cpu": "1"}} == stored["spec"]["templates"][0]["container"]["resources"]
    assert set() == sources(decided(request("CREATE", workflow("w", **REFERS)), around))
    assert () == decided(request("UPDATE", by(BUILD), BUILD), around, Phase.MUTATE).patch


CALLS = workflow("c", kind="CronWorkflow", schedules=["@daily"], workflowSpec=REFERS)


def lint_of(verdict: Verdict) -> list[tuple[str, Action]]:
    """What was found about users."""
    ids = ("lint/breaking-change", "lint/template-in-use")
    return [(each.source, each.action) for each in verdict.findings if each.source in ids]


def test_breaking_changes() -> None:
    """A change that breaks users warns, or denies where a binding wants it, and names them."""
    new = template("build", container("main"), arguments={"parameters": [{"name": "region"}]})
    asked = request("UPDATE", new, BUILD)
    verdict = decided(asked, snapshot(BUILD, CALLS))

    assert [("lint/breaking-change", Action.WARN)] == lint_of(verdict)
    assert "CronWorkflow c" in " ".join(verdict.warnings)
    assert [] == lint_of(decided(asked, snapshot(BUILD)))
    strict = snapshot(BUILD, CALLS, policies=[binding("lint/breaking-change")])
    assert {"lint/breaking-change"} == sources(decided(asked, strict))


def test_breaking_changes_with_a_reason() -> None:
    """The author's reason lets it through, and the audit log has it."""
    strict = snapshot(BUILD, CALLS, policies=[binding("lint/breaking-change"), binding("lint/template-in-use")])
    new = template("build", container("main"), arguments={"parameters": [{"name": "region"}]})
    verdict = decided(request("UPDATE", noted(new, allow_breaking_change="region is needed by law"), BUILD), strict)
    gone = decided(request("DELETE", None, noted(BUILD, allow_breaking_change="moved")), strict)

    assert (True, True) == (verdict.allowed, gone.allowed)
    assert "region is needed by law" == verdict.annotations["allow-breaking-change"]
    assert [("lint/template-in-use", Action.AUDIT)] == lint_of(gone)


def test_deletion() -> None:
    """Deleting what is used warns, or is denied by a binding; not in a namespace that goes, nor for its cleaners."""
    strict = [binding("lint/template-in-use")]
    namespace = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default"}}
    going = {**namespace, "metadata": {"name": "default", "deletionTimestamp": "2026-01-01T00:00:00Z"}}
    asked = request("DELETE", None, BUILD)

    assert [("lint/template-in-use", Action.WARN)] == lint_of(decided(asked, snapshot(BUILD, CALLS)))
    assert [] == lint_of(decided(asked, snapshot(BUILD)))
    assert {"lint/template-in-use"} == sources(decided(asked, snapshot(BUILD, CALLS, namespace, policies=strict)))
    assert decided(asked, snapshot(BUILD, CALLS, going, policies=strict)).allowed


def test_a_policy_with_a_key_that_is_none() -> None:
    """A key that cannot be read is found when the policy is written, not when somebody needs it."""
    good, bad = signing()[0], signing(keys={"release": "x"})[0]
    [finding] = decided(request("CREATE", bad), snapshot()).findings

    assert "spec.signatures.keys.release" == str(finding.path)
    assert decided(request("CREATE", good), snapshot()).allowed


def test_a_contract_alone_may_change() -> None:
    """A contract that takes less breaks callers as a change of the spec would; one that is none is refused."""
    parameters = {"parameters": [{"name": "n", "value": "1"}]}
    old = template("build", container("main"), arguments=parameters)
    user = workflow(
        "c",
        kind="CronWorkflow",
        schedules=["@daily"],
        workflowSpec={**REFERS, "arguments": {"parameters": [{"name": "n", "value": "9"}]}},
    )
    around = snapshot(old, user)

    assert [("lint/breaking-change", Action.WARN)] == lint_of(
        decided(request("UPDATE", noted(old, parameters={"n": {"maximum": 3}}), old), around)
    )
    assert {"lint/parameter-contract"} == sources(decided(request("UPDATE", noted(old, parameters="{"), old), around))
    assert decided(request("UPDATE", noted(old, parameters={"n": {"maximum": 30}}), old), around).allowed
