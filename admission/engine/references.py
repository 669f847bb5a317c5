"""
What is decided about references: by ``/mutate`` of those that it writes out, by ``/validate`` of those that are there.

Once a reference is written out nobody sees any more what it was: its pins, its signatures, and who used it
(interfaces.md 4.1).

The signatures are imported where they are looked at: cryptography costs as much as half of a start of the command.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from admission.argo.contracts.calls import violations
from admission.argo.expand import Expansion, expand
from admission.argo.started import Started, started
from admission.argo.usage.index import TEMPLATES
from admission.engine.belief import kept_sources
from admission.engine.inputs import judged_input
from admission.errors import ConfigurationError
from admission.lint.rules.parameter_contract import parameter_contract
from admission.model.annotations import PARAMETERS, PINS, SIGNATURES
from admission.model.catalog import UNAVAILABLE
from admission.model.document import Document, mapping, text
from admission.model.finding import Action, Finding
from admission.model.path import Path
from admission.model.review import Request
from admission.model.settings import Profile
from admission.policy.input import ReviewInput
from admission.policy.signing import Signed, Templates
from admission.snapshot import Snapshot
from admission.trust import pins

#: Annotations by which others are refused something.
_RELIED_UPON = (PINS, SIGNATURES, PARAMETERS)

_TEMPLATES_OF_ITS_OWN = Path(("spec", "templates"))


def written_out(request: Request, document: Document, found: Expansion, snapshot: Snapshot) -> Iterator[Finding]:
    """What denies the references of *document*, a Workflow, that are written out in *found*."""
    yield from pins.findings(document, found.sources)
    yield from _against_contracts(request, document, snapshot)
    if snapshot.policies.concerned(request.kind.kind, request.operation, request.namespace):
        review = judged_input(request, document, snapshot)
        own = _TEMPLATES_OF_ITS_OWN if mapping(document.get("spec")).get("templates") else None
        wanted = Templates(lambda keys: _of_sources(found, keys), own)
        yield from snapshot.policies.signatures(review, wanted).findings
        yield from snapshot.policies.references(review).findings


def still_there(request: Request, document: Document, snapshot: Snapshot) -> Iterator[Finding]:
    """What pins and signatures say of *document* as it came, and of all that it still refers to."""
    start = started(document)
    version = snapshot.settings.argo_version
    namespace = request.namespace or "default"
    found = expand(start.document, snapshot.catalog, namespace=namespace, argo_version=version, inline=False)
    yield from pins.findings(document, *_placed(found, start))
    if snapshot.policies.signs:
        review = judged_input(request, document, snapshot)
        yield from snapshot.policies.signatures(review, _templates(request, document, found, snapshot)).findings


def says_another(old: Document, new: Document) -> bool:
    """Whether two versions of an object differ in what others rely on beside the spec."""
    before, after = (mapping(mapping(each.get("metadata")).get("annotations")) for each in (old, new))
    return any(before.get(name) != after.get(name) for name in _RELIED_UPON)


def unreadable_keys(policy: Document) -> Iterator[tuple[Path, str]]:
    """The keys in ``signatures`` of a WorkflowPolicy that are none."""
    from admission.trust import signatures

    path = Path(("spec", "signatures", "keys"))
    for name, pem in mapping(path.get(policy)).items():
        try:
            signatures.public_key(text(pem))
        except ConfigurationError as error:
            yield path / name, str(error)


def _against_contracts(request: Request, document: Document, snapshot: Snapshot) -> Iterator[Finding]:
    """What a template's author does not let its callers hand over, where that is denied and not only warned."""
    settings = snapshot.settings
    if settings.profile is not Profile.RECOMMENDED:
        return
    review = ReviewInput(request=request, object=document, catalog=snapshot.catalog)
    action = snapshot.policies.strictness(review).get(parameter_contract.id, parameter_contract.action)
    if action is Action.DENY:
        namespace = request.namespace or "default"
        for path, message in violations(document, snapshot.catalog, namespace, settings.argo_version):
            yield Finding(parameter_contract.source, path, message, action)


def _placed(found: Expansion, start: Started) -> tuple[list[pins.Found], list[pins.Lost]]:
    """What is there and what is not, at their places in the object as it came."""
    there: list[pins.Found] = [replace(source, path=start.place(source.path)) for source in found.sources]
    return there, [replace(missing, path=start.place(missing.path)) for missing in found.missing]


def _templates(request: Request, document: Document, found: Expansion, snapshot: Snapshot) -> Templates:
    """The template objects that must be signed: the object itself if it is one, else all that it reaches."""
    from admission.trust import signatures

    kind = text(document.get("kind"))
    if kind in TEMPLATES:
        return Templates(lambda keys: [Signed(signatures.PLACE, f"this {kind}", signatures.signers(document, keys))])
    own = mapping(started(document).document.get("spec")).get("templates")
    # What we wrote out was judged before: it is no template of its author.
    ours = kind == "Workflow" and kept_sources(document, snapshot, request.namespace)
    return Templates(lambda keys: _reached(found, keys), _TEMPLATES_OF_ITS_OWN if own and not ours else None)


def _reached(found: Expansion, keys: Mapping[str, str]) -> Iterable[Signed]:
    """What *found* reaches; what only the run knows, or nobody could look up, has been signed by nobody."""
    yield from _of_sources(found, keys)
    for missing in found.missing:
        if missing.absent is UNAVAILABLE:
            yield Signed(missing.path, f"{missing.kind} {missing.name!r}, which could not be looked up,", frozenset())
    for left in found.unexpanded:
        yield Signed(left.path, f"what it refers to ({left.reason})", frozenset())


def _of_sources(found: Expansion, keys: Mapping[str, str]) -> Iterator[Signed]:
    from admission.trust import signatures

    for source in found.sources:
        yield Signed(source.path, f"{source.kind} {source.name!r}", signatures.signers(source.document, keys))
