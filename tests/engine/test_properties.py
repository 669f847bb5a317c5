"""The five properties of the engine (design, section 4), over generated Workflows."""

from __future__ import annotations

import copy
from itertools import permutations

from hypothesis import given, settings
from hypothesis import strategies as st

from admission.argo.expand import expand
from admission.engine import review
from admission.model.document import Document
from admission.model.finding import Finding
from admission.model.review import Phase
from admission.policy.resource import PolicySet
from engine.asking import USUAL, binding, created, decided, policy, request, snapshot, stored, updated, with_status
from engine.generating import CATALOG, WORKFLOWS

CHECKS = (
    "object.image != 'evil:1'",
    "has(object.resources) && has(object.resources.limits) && 'cpu' in object.resources.limits",
    "!has(object.securityContext) || !has(object.securityContext.privileged) || !object.securityContext.privileged",
    "image(object.image).registry != 'registry.corp'",
)

AROUND = snapshot(*CATALOG, policies=(*USUAL, policy("images", CHECKS[0]), binding("images", "Warn")))

few = settings(max_examples=40, deadline=None)


def found(document: Document, *policies: Document) -> tuple[Finding, ...]:
    """What ``/validate`` finds in *document* when it is created."""
    return decided(request("CREATE", document), snapshot(*CATALOG, policies=policies)).findings


@few
@given(WORKFLOWS)
def test_pure(document: Document) -> None:
    """The same arguments give the same verdict, and are unchanged."""
    before = copy.deepcopy(document)
    for phase in Phase:
        asked = request("CREATE", document)

        assert review(asked, AROUND, phase) == review(asked, AROUND, phase)
    assert before == document


@few
@given(WORKFLOWS)
def test_idempotent(document: Document) -> None:
    """What /mutate made it does not change again; and a second apply of the same manifest changes nothing, either."""
    made = created(document, AROUND)
    begun = with_status(made)

    assert made == created(made, AROUND)
    assert made == updated(made, made, AROUND)
    assert made["spec"] == updated(made, document, AROUND)["spec"]
    assert begun["spec"] == updated(begun, {**document, "status": begun["status"]}, AROUND)["spec"]


@few
@given(WORKFLOWS)
def test_what_mutate_made_is_denied_for_nothing_new(document: Document) -> None:
    """Nothing is denied of what /mutate made that was not denied of what came."""
    as_it_came = {finding.source for finding in decided(request("CREATE", document), AROUND).denials}
    as_made = {finding.source for finding in decided(request("CREATE", created(document, AROUND)), AROUND).denials}

    assert as_made <= as_it_came
    assert "policy/needs-limits" not in as_made or "limits" in str(document)


@settings(max_examples=15, deadline=None)
@given(WORKFLOWS, st.permutations(CHECKS))
def test_independent(document: Document, order: list[str]) -> None:
    """The order of validations does not change the findings."""

    def validations(expressions: list[str]) -> list[Document]:
        return [{"expression": text, "message": text} for text in expressions]

    def judged(expressions: list[str]) -> set[Finding]:
        ours = policy("checks", validations=validations(expressions))
        ours["spec"]["validations"] = validations(expressions)
        return set(found(document, ours, binding("checks")))

    assert judged(list(CHECKS)) == judged(order)


@settings(max_examples=15, deadline=None)
@given(WORKFLOWS)
def test_monotone(document: Document) -> None:
    """One more validation never removes a finding."""
    policies: list[Document] = []
    before: set[Finding] = set()
    for number, text in enumerate(CHECKS):
        policies += [policy(f"p{number}", text), binding(f"p{number}")]
        after = set(found(document, *policies))

        assert before <= after
        before = after


@few
@given(WORKFLOWS)
def test_expansion_is_faithful(document: Document) -> None:
    """A Workflow and the same with its references written out get the same findings, but for those about references."""
    written = expand(document, AROUND.catalog, namespace="default", argo_version="4.1").document
    policies = [
        each for number, text in enumerate(CHECKS) for each in (policy(f"p{number}", text), binding(f"p{number}"))
    ]

    def judged(of: Document) -> set[tuple[str, str]]:
        # Where the place is a reference the message begins with the name of the template.
        found_there = (each for each in found(of, *policies) if each.source.startswith("policy/"))
        return {(each.source, each.message.rpartition(": ")[2]) for each in found_there}

    assert judged(document) == judged(written)


def test_policies_are_taken_in_the_order_of_their_names() -> None:
    """The order in which policies are loaded decides nothing, not even where they mutate."""
    several = [
        each
        for number in range(3)
        for each in (
            policy(f"p{number}", mutations=[{"target": "Workflow", "default": {"spec": {"priority": number}}}]),
            binding(f"p{number}"),
        )
    ]
    document = CATALOG[0] | {"kind": "Workflow"}
    made = [
        stored(request("CREATE", document), snapshot(policies=order)) for order in list(permutations(several, 6))[::97]
    ]

    assert all(each == made[0] for each in made)
    assert made[0]["spec"]["priority"] == 0
    assert not PolicySet.load(several).problems
