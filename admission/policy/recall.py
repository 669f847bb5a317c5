"""
What policies said of the containers and templates of a spec, remembered by its content.

A Workflow that runs every hour has another name each time and the same spec. What was said of it stays true where the
policies look at nothing but the Workflow, and their targets stand in it as they will run: then all that decides is in
the key. Nothing here changes a verdict: it is only found sooner.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from admission.model.document import Document
from admission.model.written import written
from admission.policy import effective
from admission.policy.cel.shape import cut
from admission.policy.input import ReviewInput
from admission.policy.plan import Hit, Plan
from admission.policy.settled import may_settle, settled
from admission.policy.spec import Target
from admission.policy.targets import Found, targets

#: What is remembered of one set of policies: so many specs, of each so much that was said. At most 1 MiB, and with the
#: 64 sets of ``inforce.py`` 80 MiB, if somebody tries; usually nothing is said, which takes some 100 bytes.
REMEMBERED, MOST, MOST_TEXT = 256, 10, 2048


def hits(plan: Plan, target: Target, review: ReviewInput) -> Iterable[Hit]:
    """What the policies of *plan* say of each *target* of *review*; nothing of those that are as they should be."""
    key = _key(plan, target, review)
    if key is None:
        return plan.judge(_judged(plan, target, review), review)
    known = plan.specs.get(key)
    if known is not None:
        return known
    if target is not Target.CONTAINER:
        return _remembered(plan, key, plan.judge(targets(target, review.workflow), review))
    containers = settled(review, plan.fields, plan.view.text)
    if containers.open is None or containers.open:
        return plan.judge(effective.completed(containers, review), review)
    said = plan.judge(containers.standing, review, containers.texts)
    return _remembered(plan, key, ((containers.named(found), bound, judged) for found, bound, judged in said))


def _judged(plan: Plan, target: Target, review: ReviewInput) -> Iterable[Found]:
    """What validations of that target look at: pods and containers are those that the Workflow would become."""
    if target is Target.POD:
        return effective.pods(review)
    if target is Target.CONTAINER:
        return effective.containers(review, plan.fields)
    return targets(target, review.workflow)


def _key(plan: Plan, target: Target, review: ReviewInput) -> bytes | None:
    """All that decides what is said, as a digest; None where that is more than the spec, or nothing is to be won."""
    if plan.others or target not in (Target.TEMPLATE, Target.CONTAINER):
        return None
    if target is Target.CONTAINER and not may_settle(review, plan.fields):
        return None
    # Of templates that were brought here a finding says where they come from.
    copies, seen = repr(review.copies), cut(review.workflow, plan.view.workflow)
    rest = written([target.value, review.argo_version, copies, seen])
    if review.spec.text is None or rest is None:
        return None
    return hashlib.blake2b(review.spec.digest + rest, digest_size=16).digest()


def _remembered(plan: Plan, key: bytes, said: Iterable[Hit]) -> tuple[Hit, ...]:
    found = tuple(said)
    if len(found) <= MOST and sum(len(repr(judged)) for _, _, judged in found) <= MOST_TEXT:
        if len(plan.specs) >= REMEMBERED:
            plan.specs.clear()
        plan.specs[key] = tuple((_named(target), bound, judged) for target, bound, judged in found)
    return found


def _named(found: Found) -> Found:
    """*found* with as much of it as findings and exceptions name: the rest need not be kept."""
    template = _name_of(found.template)
    return Found(
        found.path, template if found.object is found.template else _name_of(found.object), template, label=found.label
    )


def _name_of(document: Document) -> Document:
    return {"name": document.get("name")} if document else document
