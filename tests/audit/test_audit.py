"""What an audit finds in what is already there, and what it says of who made it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from ours import ours

from admission.audit import Reviewed, as_request, audit
from admission.lint.rules import RULES
from admission.model.annotations import AUTHOR
from admission.model.catalog import FrozenCatalog
from admission.model.document import Document
from admission.model.finding import Action
from admission.model.review import User
from admission.policy.resource import PolicySet
from admission.snapshot import Snapshot
from admission.trust import author

NOW = datetime(2026, 5, 1, tzinfo=UTC)
JANE = User("jane", ("developers",), "1")
SPEC = {"entrypoint": "main", "templates": [{"name": "main", "container": {"image": "alpine"}}]}


def document(kind: str = "WorkflowTemplate", name: str = "x", spec: Any = None, **metadata: Any) -> Document:
    given = SPEC if spec is None else spec
    if kind == "CronWorkflow":
        given = {"schedules": ["1 1 * * *"], "workflowSpec": given}
    where = {} if kind == "ClusterWorkflowTemplate" else {"namespace": "team"}
    return {
        "apiVersion": "argoproj.io/v1alpha1",
        "kind": kind,
        "metadata": {"name": name, **where, **metadata},
        "spec": given,
    }


def policy(name: str, **spec: Any) -> Document:
    return ours("WorkflowPolicy", name, title="A test.", **spec)


def binding(of: str, **spec: Any) -> Document:
    return ours("WorkflowPolicyBinding", of, policyName=of, **{"validationActions": ["Deny"], **spec})


NEVER: dict[str, Any] = {"validations": [{"expression": "false", "message": "never"}]}


def audited(documents: Sequence[Document], *policies: Document) -> list[Reviewed]:
    loaded = PolicySet.load(policies, rule_ids=frozenset(rule.id for rule in RULES))
    assert not loaded.problems
    snapshot = Snapshot(catalog=FrozenCatalog.of(documents), policies=loaded)
    return list(audit(documents, snapshot, author.user_of, lambda questions: {}, NOW))


def sources(reviewed: Reviewed) -> set[str]:
    return {finding.source for finding in reviewed.findings}


def test_what_would_be_denied_is_found() -> None:
    """A template that is there and would not be let in today is found, with the same action; a good one passes."""
    bad = document(name="bad", spec={"entrypoint": "nothing", "templates": SPEC["templates"]})
    found, good = audited([bad, document(name="good")])

    assert {("lint/ref-undefined", Action.DENY)} == {(each.source, each.action) for each in found.findings}
    assert () == good.findings


@pytest.mark.parametrize(
    "asking",
    [
        [policy("p", **NEVER), binding("p", subjects=[{"kind": "Group", "name": "developers"}])],
        [policy("p", validations=[{"expression": "request.userInfo.username == ''", "message": "x"}]), binding("p")],
        [policy("p", allow={"images": ["elsewhere/**"]}), binding("p")],
        [policy("p", authorize=["serviceAccounts"]), binding("p")],
    ],
    ids=["subjects", "userInfo", "allow", "authorize"],
)
def test_what_hangs_on_who_asks(asking: list[Document]) -> None:
    """Such a policy is skipped, and named, for what nobody is recorded for; it judges what has an author."""
    recorded = document("CronWorkflow", annotations={AUTHOR: author.written(JANE)})
    nobodys, janes = audited([document("CronWorkflow"), recorded], *asking)

    assert ((), ("p",)) == (nobodys.findings, nobodys.skipped)
    assert ({"policy/p"}, ()) == (sources(janes), janes.skipped)


def test_a_policy_about_other_kinds_is_not_skipped_but_nothing() -> None:
    """Only policies about the kind of an object are said to be skipped for it."""
    of_workflows = policy("p", kinds=["Workflow"], **NEVER)
    [template] = audited([document()], of_workflows, binding("p", subjects=[{"kind": "User", "name": "x"}]))

    assert () == template.skipped


def test_what_needs_nobody_is_judged_for_all() -> None:
    """A policy without a word about users judges everything."""
    [found] = audited([document()], policy("p", **NEVER), binding("p"))

    assert ({"policy/p"}, ()) == (sources(found), found.skipped)


def test_a_running_workflow_is_judged_as_it_was_sent() -> None:
    """Status and labels of the controller, and that no author is recorded, are no findings."""
    labels = {"workflows.argoproj.io/phase": "Running", "workflows.argoproj.io/completed": "false", "team": "a"}
    running = {
        **document("Workflow", labels=labels, uid="1", resourceVersion="2"),
        "status": {"phase": "Running", "storedTemplates": {"x": {"name": "x"}}},
    }
    request = as_request(running, User(), NOW)
    found, cron = audited([running, document("CronWorkflow")])

    assert ((), ()) == (found.findings, cron.findings)
    assert request.object is not None
    assert {"team": "a"} == request.object["metadata"]["labels"]
    assert "status" not in request.object
