"""What is decided where: interfaces.md 4.1, row by row."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import orjson
import pytest

from admission.engine import review
from admission.model.catalog import MISSING, UNAVAILABLE, Lookup
from admission.model.document import Document
from admission.model.finding import Action
from admission.model.review import Needs, Phase, User
from admission.model.settings import ExpansionMode, Subject
from engine.asking import (
    ALICE,
    CONTROLLER,
    USUAL,
    binding,
    container,
    created,
    decided,
    library,
    live,
    policy,
    request,
    snapshot,
    sources,
    steps,
    stored,
    template,
    updated,
    with_status,
    workflow,
)

SAYS_NO = (policy("never"), binding("never"))
REFERS = {"workflowTemplateRef": {"name": "build"}}


def test_create_expands_and_puts_in_defaults() -> None:
    """A Workflow is stored with its reference written out, and with what policies give."""
    around = snapshot(template("build"), policies=USUAL)

    made = created(workflow(**REFERS), around)

    assert "workflowTemplateRef" not in made["spec"]
    assert made["spec"]["serviceAccountName"] == "runner"
    assert made["spec"]["templates"][0]["container"]["resources"]["limits"] == {"cpu": "1", "memory": "1Gi"}
    assert made["metadata"]["labels"] == {"workflows.argoproj.io/workflow-template": "build"}


def test_create_says_what_it_was_made_of() -> None:
    """The stored object names what was written out, with its version and digest, and the reason of each change."""
    around = snapshot(template("build"), policies=USUAL)

    annotations = created(workflow(**REFERS), around)["metadata"]["annotations"]

    (source,) = orjson.loads(annotations["argo-admission.io/expanded-from"])
    assert {**source, "digest": ""} == {
        "kind": "WorkflowTemplate",
        "name": "build",
        "uid": "uid-build",
        "resourceVersion": "1",
        "digest": "",
    }
    assert source["digest"].startswith("sha256:")
    reasons = {each["path"]: each["reason"] for each in orjson.loads(annotations["argo-admission.io/changes"])}
    assert reasons["spec.templates"] == "expand"
    assert reasons["spec.templates[0].container.resources"] == "policy/limits"
    assert reasons["spec.serviceAccountName"] == "policy/account"


def test_a_default_never_overrides_the_author_of_a_template() -> None:
    """What a referenced template chose stays, as what its Workflow's templateDefaults chose does."""
    chosen = {"resources": {"limits": {"cpu": "7", "memory": "7Gi"}}}
    around = snapshot(template("build", container("main", **chosen), serviceAccountName="builder"), policies=USUAL)

    made = created(workflow(**REFERS), around)

    assert made["spec"]["serviceAccountName"] == "builder"
    assert made["spec"]["templates"][0]["container"]["resources"] == chosen["resources"]


def test_a_default_knows_of_template_defaults() -> None:
    """What templateDefaults give is not lacking, and nothing is written over it."""
    defaults = {"container": {"resources": {"limits": {"cpu": "2", "memory": "2Gi"}}}}
    document = workflow(entrypoint="main", templateDefaults=defaults, templates=[container("main")])
    around = snapshot(policies=USUAL)

    made = created(document, around)

    assert "resources" not in made["spec"]["templates"][0]["container"]
    assert decided(request("CREATE", made), around).allowed


def test_create_leaves_what_leads_nowhere_to_validate() -> None:
    """A reference that is missing stays, and is denied by the validating call."""
    around = snapshot(policies=USUAL)
    document = workflow(**REFERS)

    made = created(document, around)

    assert made["spec"]["workflowTemplateRef"] == {"name": "build"}
    assert decided(request("CREATE", document), around, Phase.MUTATE).allowed
    assert not decided(request("CREATE", made), around).allowed


def test_what_mutation_missed_is_denied() -> None:
    """The validating call judges what came, never what the mutating one would have made of it."""
    around = snapshot(policies=USUAL)
    document = workflow()

    assert sources(decided(request("CREATE", document), around)) == {"policy/needs-limits"}
    assert decided(request("CREATE", created(document, around)), around).allowed


def test_references_that_are_still_there_are_judged() -> None:
    """A policy sees what a reference brings in, and the finding is at the reference."""
    around = snapshot(template("build"), policies=USUAL)

    verdict = decided(request("CREATE", workflow(**REFERS)), around)

    assert [str(finding.path) for finding in verdict.denials] == ["spec.workflowTemplateRef"]


def test_defaults_of_the_controller_count() -> None:
    """A Workflow is judged with what the controller's workflowDefaults give it."""
    defaults = {"spec": {"templateDefaults": {"container": {"resources": {"limits": {"cpu": "1"}}}}}}
    around = snapshot(policies=USUAL, controller={"workflowDefaults": defaults})

    assert decided(request("CREATE", workflow()), around).allowed


@pytest.mark.parametrize("kind", ["WorkflowTemplate", "ClusterWorkflowTemplate", "CronWorkflow"])
def test_sources_are_judged_as_if_their_workflow_had_been_changed(kind: str) -> None:
    """Templates and schedules are never rewritten, and judged with the defaults that their Workflow will get."""
    around = snapshot(policies=USUAL)
    spec: dict[str, Any] = {"entrypoint": "main", "templates": [container("main")]}
    given = {"schedules": ["* * * * *"], "workflowSpec": spec} if kind == "CronWorkflow" else spec
    document = workflow("source", kind=kind, **given)

    made = created(document, around)

    assert made["spec"] == document["spec"]
    assert decided(request("CREATE", made), around).allowed


def test_sources_are_judged_as_they_are_where_nothing_can_be_written() -> None:
    """What no mutation will reach is judged without: a schedule on a template that the controller keeps as it is."""
    restricted = {"workflowRestrictions": {"templateReferencing": "Strict"}}
    around = snapshot(template("build"), policies=USUAL, controller=restricted)
    spec = {"schedules": ["* * * * *"], "workflowSpec": REFERS}

    made = created(workflow("nightly", kind="CronWorkflow", **spec), around)

    assert sources(decided(request("CREATE", made), around)) == {"policy/needs-limits"}


def test_a_schedule_gets_its_author() -> None:
    """A CronWorkflow is stored with who wrote it, and nothing else is changed."""
    around = snapshot()
    document = workflow("nightly", kind="CronWorkflow", schedules=["0 3 * * *"], workflowSpec=workflow()["spec"])

    made = created(document, around)

    author = orjson.loads(made["metadata"]["annotations"]["argo-admission.io/author"])
    assert author == {"username": "alice", "groups": ["developers", "system:authenticated"], "uid": ""}
    assert made["spec"] == document["spec"]
    assert decided(request("CREATE", made), around).allowed
    assert sources(decided(request("CREATE", document), around)) == {"update/author"}


def test_the_author_stays_who_wrote_the_spec() -> None:
    """Suspending a schedule does not make one its author, changing it does, and forging the annotation is denied."""
    around, bob = snapshot(), User("bob")
    spec = {"schedules": ["0 3 * * *"], "workflowSpec": workflow()["spec"]}
    made = created(workflow("nightly", kind="CronWorkflow", **spec), around)
    suspended = {**workflow("nightly", kind="CronWorkflow", **spec, suspend=True)}
    changed = workflow("nightly", kind="CronWorkflow", **{**spec, "schedules": ["0 4 * * *"]})
    forged = {**made, "spec": {**made["spec"], "suspend": True}}
    forged["metadata"] = {**made["metadata"], "annotations": {"argo-admission.io/author": '{"username":"root"}'}}

    def author(document: Document) -> str:
        return str(orjson.loads(document["metadata"]["annotations"]["argo-admission.io/author"])["username"])

    assert author(updated(made, suspended, around, bob)) == "alice"
    assert author(updated(made, changed, around, bob)) == "bob"
    assert author(updated(made, forged, around, bob)) == "alice"
    assert sources(decided(request("UPDATE", forged, made, bob), around)) == {"update/author"}


def test_policies_of_ours_are_checked() -> None:
    """A policy that cannot be used is denied where it is wrong."""
    broken = policy("broken", "object.image ==")

    verdict = decided(request("CREATE", broken), snapshot())

    assert [str(finding.path) for finding in verdict.denials] == ["spec.validations[0].expression"]
    assert decided(request("CREATE", policy("fine")), snapshot()).allowed


def test_other_instances_are_left_alone() -> None:
    """A Workflow of a controller that the release is not for is allowed, unchanged."""
    labels = {"labels": {"workflows.argoproj.io/controller-instanceid": "other"}}
    around = snapshot(policies=(*USUAL, *SAYS_NO))
    document = workflow(metadata=labels)

    assert created(document, around) == document
    assert decided(request("CREATE", document), around).allowed
    ours = replace(around, settings=replace(around.settings, instance_ids=frozenset({"other"})))
    assert not decided(request("CREATE", document), ours).allowed


def test_the_controller_may_update_anything() -> None:
    """An UPDATE by a configured user of the controller is allowed, unchanged; a CREATE by it is judged."""
    around = snapshot(policies=SAYS_NO)
    old = with_status(workflow())
    new = {**old, "spec": {**old["spec"], "serviceAccountName": "default"}, "status": {"phase": "Succeeded"}}

    assert updated(old, new, around, CONTROLLER) == new
    assert decided(request("UPDATE", new, old, CONTROLLER), around).allowed
    assert not decided(request("CREATE", workflow(), user=CONTROLLER), around).allowed


def test_what_is_going_may_go() -> None:
    """Finalizers of an object that is being deleted are removed, whatever policies say."""
    metadata = {"finalizers": ["foregroundDeletion"], "deletionTimestamp": "2026-11-25T00:00:00Z"}
    old = workflow(metadata=metadata)
    new = workflow(metadata={"deletionTimestamp": metadata["deletionTimestamp"]})

    assert decided(request("UPDATE", new, old), snapshot(policies=SAYS_NO)).allowed


@pytest.mark.parametrize(
    "change",
    [
        {"metadata": {"name": "hello", "namespace": "default", "labels": {"mine": "x"}}},
        {"metadata": {"name": "hello", "namespace": "default", "annotations": {"note": "x"}}},
        {"status": {"phase": "Running", "progress": "1/2", "message": "x"}},
    ],
    ids=["a label", "an annotation", "status that decides nothing"],
)
def test_an_update_that_changes_nothing_of_weight_is_allowed(change: Document) -> None:
    """What no verdict hangs on may change, whatever policies say today."""
    old = with_status(workflow())

    verdict = decided(request("UPDATE", {**old, **change}, old), snapshot(policies=SAYS_NO))

    assert verdict.allowed
    assert not verdict.findings


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("Workflow", {"suspend": True}),
        ("Workflow", {"shutdown": "Stop"}),
        ("Workflow", {"shutdown": "Terminate"}),
        ("Workflow", {"activeDeadlineSeconds": 0}),
        ("CronWorkflow", {"suspend": True}),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value),
)
def test_what_runs_can_be_stopped(kind: str, change: Document) -> None:
    """Suspend, stop and terminate work under policies that the spec no longer meets, and on specs that lint denies."""
    old = workflow(kind=kind, entrypoint="gone", templates=[container("main")])
    new = {**old, "spec": {**old["spec"], **change}}
    begun = (with_status(old), with_status(new)) if kind == "Workflow" else (old, new)

    assert decided(request("UPDATE", begun[1], begun[0]), snapshot(policies=SAYS_NO)).allowed


def test_a_soft_change_counts_only_what_is_new() -> None:
    """Of parallelism, priority and ttlStrategy only findings count that the old object did not have."""
    old = with_status(workflow())
    new = {**old, "spec": {**old["spec"], "parallelism": 2}}
    deadline = (policy("few", "workflow.spec.?parallelism.orValue(1) < 2", target="Workflow"), binding("few"))

    assert decided(request("UPDATE", new, old), snapshot(policies=SAYS_NO)).allowed
    assert sources(decided(request("UPDATE", new, old), snapshot(policies=(*SAYS_NO, *deadline)))) == {"policy/few"}


def test_any_other_change_is_judged() -> None:
    """Another change of the spec by a user is judged like a CREATE."""
    old = with_status(workflow())
    new = {**old, "spec": {**old["spec"], "templates": [container("main", image="evil")]}}

    assert sources(decided(request("UPDATE", new, old), snapshot(policies=SAYS_NO))) == {"policy/never"}


@pytest.mark.parametrize(
    ("metadata", "status"),
    [
        ({"labels": {"workflows.argoproj.io/completed": "true"}}, {}),
        ({"ownerReferences": [{"kind": "CronWorkflow", "name": "x", "uid": "1"}]}, {}),
        ({"finalizers": ["x.io/y"]}, {}),
        ({}, {"storedTemplates": {"namespaced/a/b": {}}}),
        ({}, {"phase": "Succeeded"}),
    ],
    ids=["system label", "owner", "finalizer", "stored templates", "phase"],
)
def test_what_is_the_controllers_is_not_changed_by_users(metadata: Document, status: Document) -> None:
    """Status, system labels, owners and finalizers are the controller's; until it was seen, that only warns."""
    old = with_status(workflow())
    new = with_status(workflow(metadata=metadata), **status)
    around = snapshot()

    verdict = decided(request("UPDATE", new, old), around)

    assert sources(verdict) == {"update/system"}
    unseen = decided(request("UPDATE", new, old), replace(around, controller_seen=False))
    assert [finding.action for finding in unseen.findings] == [Action.WARN]


def test_what_argos_commands_send_is_allowed() -> None:
    """Resume sets nodes and actor labels; a retry resets the phase and removes the label of completion."""
    done = {"workflows.argoproj.io/completed": "true", "workflows.argoproj.io/phase": "Failed"}
    actor = {"workflows.argoproj.io/actor": "alice", "workflows.argoproj.io/action": "Resume"}
    old = with_status(workflow(), nodes={"a": {"phase": "Running"}})
    resumed = with_status(workflow(metadata={"labels": actor}), nodes={"a": {"phase": "Succeeded"}})
    failed = {**workflow(metadata={"labels": done}), "status": {"phase": "Failed", "nodes": {"a": {}}}}
    labels = {"labels": {"workflows.argoproj.io/phase": "Running"}}
    retried = {**workflow(metadata=labels), "status": {"phase": "Running", "nodes": {}}}
    around = snapshot(policies=SAYS_NO)

    assert decided(request("UPDATE", resumed, old), around).allowed
    assert decided(request("UPDATE", retried, failed), around).allowed


def test_finalizers_may_be_removed() -> None:
    """A finalizer may always be removed."""
    old = with_status(workflow(metadata={"finalizers": ["workflows.argoproj.io/artifact-gc"]}))

    assert decided(request("UPDATE", with_status(workflow()), old), snapshot()).allowed


def test_another_reference_beside_written_out_templates_is_denied() -> None:
    """What was written out of one template cannot be made to run another."""
    around = snapshot(template("build"), template("other"), policies=USUAL)
    old = created(workflow(**REFERS), around)
    new = {**old, "spec": {**old["spec"], "workflowTemplateRef": {"name": "other"}}}

    assert "update/reference" in sources(decided(request("UPDATE", new, old), around))
    assert updated(old, new, around)["spec"]["workflowTemplateRef"] == {"name": "other"}


def test_delete_asks_the_policies_that_ask_for_it() -> None:
    """A DELETE is judged on what goes; never by Kubernetes' own deleters, or in a namespace that goes itself."""
    keep = (policy("keep", operations=["DELETE"]), binding("keep"))
    around = snapshot(policies=keep)
    going = {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "default", "deletionTimestamp": "x"}}
    collector = User("system:serviceaccount:kube-system:generic-garbage-collector")

    assert sources(decided(request("DELETE", None, template("build")), around)) == {"policy/keep"}
    assert decided(request("DELETE", None, template("build"), collector), around).allowed
    assert decided(request("DELETE", None, template("build")), snapshot(going, policies=keep)).allowed


def test_exempt_users_are_warned() -> None:
    """Who may break the glass is allowed whatever he does, and is told so."""
    subjects = (Subject("Group", "break-glass"),)
    around = snapshot(policies=SAYS_NO, exempt_subjects=subjects)

    verdict = decided(request("CREATE", workflow(), user=User("eve", ("break-glass",))), around)

    assert verdict.allowed
    assert "eve is exempt" in verdict.warnings[0]
    assert not decided(request("CREATE", workflow()), around).allowed


def test_kinds_that_we_do_not_know_are_allowed() -> None:
    """What the table has no row for is allowed as it is."""
    pod = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}, "spec": {}}
    scaled = replace(request("UPDATE", workflow(), workflow()), sub_resource="scale")

    assert decided(request("CREATE", pod), snapshot(policies=SAYS_NO)).allowed
    assert decided(scaled, snapshot(policies=SAYS_NO)).allowed


@pytest.mark.parametrize(
    "status",
    [
        {"storedWorkflowTemplateSpec": {"templates": []}},
        {"storedTemplates": {"namespaced/build/main": {"name": "main"}}},
    ],
    ids=["stored spec", "stored templates"],
)
def test_status_is_not_created_by_users(status: Document) -> None:
    """A Workflow does not come with what the controller would believe."""
    document = {**workflow(), "status": status}
    if "storedWorkflowTemplateSpec" in status:
        status["storedWorkflowTemplateSpec"]["templates"] = [container("main")]

    assert sources(decided(request("CREATE", document), snapshot(template("build")))) >= {"update/status"}


@pytest.mark.parametrize("mode", [ExpansionMode.EVALUATE, ExpansionMode.OFF])
def test_modes_that_write_nothing_out(mode: ExpansionMode) -> None:
    """In the other modes references stay, and are followed all the same when a Workflow is judged."""
    around = snapshot(template("build"), policies=(*USUAL, *SAYS_NO), expansion=mode)

    made = created(workflow(**REFERS), around)

    assert made["spec"]["workflowTemplateRef"] == {"name": "build"}
    assert "policy/never" in sources(decided(request("CREATE", made), around))


@pytest.mark.parametrize("mode", ["Strict", "Secure"])
def test_nothing_is_put_in_that_the_controller_would_not_run(mode: str) -> None:
    """Under Strict and Secure the reference stays, only what may stand beside it is put in, and it is said."""
    keeps = {"ttlStrategy": {"secondsAfterCompletion": 60}}
    more = (policy("tidy", mutations=[{"target": "Workflow", "default": {"spec": keeps}}]), binding("tidy"))
    restricted = {"workflowRestrictions": {"templateReferencing": mode}}
    around = snapshot(template("build"), policies=(*USUAL, *more), controller=restricted)

    verdict = decided(request("CREATE", workflow(**REFERS)), around, Phase.MUTATE)
    made = created(workflow(**REFERS), around)

    assert made["spec"] == {**REFERS, **keeps}
    assert any("serviceAccountName was not set by policy/account" in note for note in verdict.notes)


def test_what_is_too_large_stays_as_it_was() -> None:
    """Above the limit nothing is written out, which is said, and the Workflow is judged in full."""
    around = snapshot(template("build"), policies=SAYS_NO, expansion_limit=100)

    verdict = decided(request("CREATE", workflow(**REFERS)), around, Phase.MUTATE)

    assert created(workflow(**REFERS), around) == workflow(**REFERS)
    assert "references were not written out" in verdict.warnings[0]
    assert "unexpanded" in verdict.annotations
    assert sources(decided(request("CREATE", workflow(**REFERS)), around)) == {"policy/never"}


def test_annotations_of_ours_are_not_believed() -> None:
    """Who claims that his Workflow was made of a template has the claim removed, unless it is true."""
    around = snapshot(template("build"), template("lib"), policies=USUAL)
    honest = created(workflow(**REFERS), around)
    forged = workflow(metadata={"annotations": {"argo-admission.io/expanded-from": '[{"kind":"WorkflowTemplate"}]'}})
    lying = {**honest, "spec": {"entrypoint": "x", "templates": [container("x", image="evil")]}}

    assert "argo-admission.io/expanded-from" not in created(forged, around)["metadata"]["annotations"]
    assert "argo-admission.io/expanded-from" not in created(lying, around)["metadata"]["annotations"]
    assert created(honest, around) == honest


def test_what_the_watch_does_not_know_is_asked_for() -> None:
    """A reference that the catalog lacks is looked up before anything is denied; unavailable is not missing."""
    around, document = live(snapshot()), workflow(**REFERS)
    wanted = Lookup("WorkflowTemplate", "default", "build")

    asked = review(request("CREATE", document), around, Phase.VALIDATE)

    assert isinstance(asked, Needs)
    assert wanted in asked.questions
    found = dict.fromkeys(asked.questions, MISSING)
    there = request("CREATE", document, answers={**found, wanted: template("build")})
    gone = request("CREATE", document, answers=found)
    unseen = request("CREATE", document, answers={**found, wanted: UNAVAILABLE})
    assert decided(there, around).allowed
    assert not decided(gone, around).allowed
    assert decided(unseen, around).allowed


def test_stages_see_nested_references() -> None:
    """What a template that was looked up refers to is asked for, too."""
    around = live(snapshot())
    document = workflow(**REFERS)
    nested = template("build", steps("main", {"templateRef": {"name": "lib", "template": "main"}}))
    first = {Lookup("WorkflowTemplate", "default", "build"): nested}

    asked = review(request("CREATE", document, answers=first), around, Phase.VALIDATE)

    assert isinstance(asked, Needs)
    assert Lookup("WorkflowTemplate", "default", "lib") in asked.questions


def test_the_library_is_content_with_what_it_made() -> None:
    """What the policies that come with us put into a Workflow is enough for them."""
    around = snapshot(template("build"), policies=library())

    made = stored(request("CREATE", workflow(**REFERS), user=ALICE), around)

    assert decided(request("CREATE", made), around).allowed


@pytest.mark.parametrize("depth", [260, 2_000])
def test_an_object_that_is_too_deep(depth: int) -> None:
    """It is denied with a finding, and not changed with a note: no failure of ours, whatever the policies ask."""
    deep: Any = {}
    for _ in range(depth):
        deep = {"a": deep}
    asked = request("CREATE", workflow(deep=deep))
    around = snapshot(policies=SAYS_NO)

    assert not decided(asked, around).allowed
    changed = decided(asked, around, Phase.MUTATE)
    assert (True, ()) == (changed.allowed, changed.patch)


def test_an_object_whose_pods_are_too_large() -> None:
    """It is denied with a finding that says so: a text that is repeated in a thousand pods is nothing to look at."""
    templates = [{"name": f"t{number}", "container": {"image": "a"}} for number in range(1000)]
    large = workflow(entrypoint="t0", podMetadata={"annotations": {"a": "v" * 400_000}}, templates=templates)
    around = snapshot(policies=(policy("never", target="Pod"), binding("never")))

    assert ["schema/too-large"] == [finding.source for finding in decided(request("CREATE", large), around).findings]
