"""Does a binding, or the policy that it binds, concern this request?"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from admission.argo.labels import INSTANCE
from admission.errors import EvaluationError
from admission.model.document import Document, labels_of, text
from admission.model.settings import Subject
from admission.policy.input import ReviewInput
from admission.policy.selector import Selector
from admission.policy.spec import Binding, MatchResources


def concerns(binding: Binding, review: ReviewInput) -> bool:
    """Whether *binding* concerns *review*. ``EvaluationError`` where that cannot be known."""
    where = binding.match_resources
    return (
        in_namespaces(where, review.request.namespace)
        and _object_is_meant(where, review)
        and _namespace_is_selected(where.namespace_selector, review)
        and _user_is_meant(binding, review)
    )


def is_there(binding: Binding, review: ReviewInput) -> bool:
    """Whether *binding* is about the namespace of *review*, for whomever and for whatever object."""
    where = binding.match_resources
    return in_namespaces(where, review.request.namespace) and _namespace_is_selected(where.namespace_selector, review)


def in_namespaces(where: MatchResources, namespace: str) -> bool:
    """Whether the globs let *namespace* through; the empty one is that of objects which have none."""
    if _any(where.exclude_namespaces, namespace):
        return False
    if not namespace:
        return not where.namespaces and where.namespace_selector is None
    return not where.namespaces or _any(where.namespaces, namespace)


def _any(globs: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, glob) for glob in globs)


def _user_is_meant(binding: Binding, review: ReviewInput) -> bool:
    if not binding.subjects and not binding.exclude_subjects:
        return True
    user = review.asker
    if user is None:
        raise EvaluationError(review.unknown_asker)

    def named(subjects: Iterable[Subject]) -> bool:
        return any(subject.concerns(user.username, user.groups) for subject in subjects)

    return (not binding.subjects or named(binding.subjects)) and not named(binding.exclude_subjects)


def _object_is_meant(where: MatchResources, review: ReviewInput) -> bool:
    """Of an UPDATE, whether the object is meant before or after: a change of labels is no way out."""
    both = (review.object, review.old_object) if review.old_object is not None else (review.object,)
    labels = [_labels(document) for document in both]
    if where.object_selector is not None and not any(map(where.object_selector.selects, labels)):
        return False
    return not where.instance_ids or any(one.get(INSTANCE, "") in where.instance_ids for one in labels)


def _namespace_is_selected(selector: Selector | None, review: ReviewInput) -> bool:
    if selector is None:
        return True
    try:
        return selector.selects(_labels(review.namespace_object or {}))
    except LookupError as error:
        raise EvaluationError(str(error.args[0])) from None


def _labels(document: Document) -> dict[str, str]:
    labels = labels_of(document)
    return {key: text(value) for key, value in labels.items()}
