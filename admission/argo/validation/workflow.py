"""The validation of an object as a whole (argo-validation 3.1 and 8)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from admission.argo.validation import arguments as argument_rules
from admission.argo.validation.arguments import FAKE, Arguments
from admission.argo.validation.base import Base, Library, Reference
from admission.argo.validation.inputs import artifacts
from admission.argo.validation.known import Known
from admission.argo.validation.outputs import is_tagged
from admission.argo.validation.place import Place
from admission.argo.validation.problem import Weight
from admission.argo.validation.references import Callee, References, is_unresolved
from admission.argo.validation.report import Report
from admission.argo.validation.scope import OUTPUT_ARTIFACTS
from admission.argo.validation.tables import tables
from admission.argo.validation.text import Reader
from admission.argo.validation.values import any_string, placeholder, placeholders
from admission.argo.validation.walk import Walk
from admission.argo.validation.way import run
from admission.model.catalog import UNAVAILABLE, Absent, Catalog
from admission.model.document import Document, mapping, sequence, text
from admission.model.path import Path

#: The kinds that are validated, and where each has its workflow spec.
SPECS = {
    "Workflow": Path(("spec",)),
    "WorkflowTemplate": Path(("spec",)),
    "ClusterWorkflowTemplate": Path(("spec",)),
    "CronWorkflow": Path(("spec", "workflowSpec")),
}
TEMPLATES = ("WorkflowTemplate", "ClusterWorkflowTemplate")


@dataclass(frozen=True)
class Options:
    """
    How to validate: *namespace* for objects that name none; *newest*: as Argo 4.1 does, else as 4.0; *lint*: arguments
    of the workflow may lack a value, as in Argo's option of that name.
    """

    namespace: str = "default"
    newest: bool = True
    lint: bool = False


class Validation:
    """One validation of *document*, which must be of one of the kinds in :data:`SPECS`."""

    def __init__(self, document: Document, catalog: Catalog, options: Options, read: Reader | None = None) -> None:
        self._document, self._options, self._catalog = document, options, catalog
        self._kind = text(document.get("kind"))
        self._root = Place(SPECS[self._kind])
        self._spec = mapping(self._root.path.get(document))
        metadata = mapping(document.get("metadata"))
        namespace = text(metadata.get("namespace")) or options.namespace
        self._library = Library(catalog, namespace, document, options.newest)
        self._is_template = self._kind in TEMPLATES
        name = text(metadata.get("name")) if self._kind == "Workflow" else ""
        status = document.get("status") if self._kind == "Workflow" else None
        self._own = Base.of("local", name, self._spec, self._root, newest=options.newest, status=status)
        report, known = Report(), Known()
        references = References(self._library, report, options.newest, known, self._own)
        self.walk = Walk(report, references, self._is_template, known, read or Reader())

    def run(self) -> Walk:
        """Go the whole way."""
        base = self._base()
        arguments = Arguments.of(self._spec.get("arguments"), self._root / "arguments")
        merged = arguments if base is self._own else Arguments().merged(arguments).merged(self._arguments_of(base))
        self.walk.arguments = merged
        self._check(merged)
        self._know(merged, base)
        if base is not None:
            self._validate(base, arguments, merged)
        return self.walk

    def _base(self) -> Base | None:
        """Whose templates run: the object's own or those of its ``workflowTemplateRef``; ``None`` if not there."""
        reference = self._spec.get("workflowTemplateRef")
        if not isinstance(reference, dict):
            return self._own
        where = self._root / "workflowTemplateRef"
        if sequence(self._spec.get("templates")):
            said = (
                "remove templates or workflowTemplateRef: a workflow that runs another's templates has none of its own"
            )
            self.walk.report.problem("wftref-templates-forbidden", self._root / "templates", said)
        wanted = Reference.of(reference)
        found = self.walk.references.base_of(wanted, where)
        if not isinstance(found, Absent):
            return found
        if found is UNAVAILABLE:
            self.walk.report.problem(
                "wftref-not-found", where, f"{wanted} cannot be looked up: nothing is known of it", Weight.UNCHECKED
            )
        else:
            self.walk.report.problem("wftref-not-found", where / "name", self._library.absence(wanted), Weight.MISSING)
        return None

    def _arguments_of(self, base: Base | None) -> Arguments:
        if base is None or base is self._own:
            return Arguments()
        return Arguments.of(base.spec.get("arguments"), base.place / "arguments")

    def _check(self, merged: Arguments) -> None:
        may_lack = self._is_template or (self._options.lint and self._kind != "CronWorkflow")
        for problem in argument_rules.problems(merged, may_lack_values=may_lack, within=False):
            self.walk.report.add(problem)

    # What is known everywhere (argo-validation 6.1)

    def _know(self, merged: Arguments, base: Base | None) -> None:
        table, known = tables(), self.walk.known.names
        known.update(placeholders(table.globals))
        if merged.parameters:
            known.update(placeholders(table.with_parameters))
        for parameter in merged.parameters:
            value = any_string(parameter.document.get("value"))
            name = f"workflow.parameters.{parameter.name}"
            known[name] = placeholder(name) if value is None else value
        if isinstance(self._spec.get("priority"), int):
            known["workflow.priority"] = str(self._spec["priority"])
        known.update(placeholders(self._metadata(base)))

    def _metadata(self, base: Base | None) -> Iterator[str]:
        defaults = mapping(mapping(self._catalog.workflow_defaults()).get("spec"))
        specs = [self._spec, defaults] + ([base.spec] if base is not None else [])
        sources = [mapping(spec.get("workflowMetadata")) for spec in specs]
        if self._kind == "CronWorkflow":
            sources.append(mapping(mapping(self._document.get("spec")).get("workflowMetadata")))
            yield from _named("labels", tables().cron_labels)
            yield from _named("annotations", tables().cron_annotations)
        else:
            sources.append(mapping(self._document.get("metadata")))
        for source in sources:
            yield from _named("labels", mapping(source.get("labels")))
            yield from _named("labels", mapping(source.get("labelsFrom")))
            yield from _named("annotations", mapping(source.get("annotations")))

    # The ways (argo-validation 3.1, steps 8 to 14)

    def _validate(self, base: Base, arguments: Arguments, merged: Arguments) -> None:
        name, place = self._named("entrypoint", base)
        if self._is_template:
            if text(self._spec.get("entrypoint")):
                self._refer(name, place, base, FAKE)
        elif name:
            self._refer(name, place, base, merged)
        else:
            self.walk.report.problem("entrypoint-required", self._root, "name the template to begin with: entrypoint")
        name, place = self._named("onExit", base)
        if name:
            self.walk.known.names["workflow.failures"] = placeholder("workflow.failures")
            if any(_decided_by_a_tag(template.document) for template in base.templates):
                self.walk.marks.add(OUTPUT_ARTIFACTS)
            self._refer(name, place, base, arguments)
        for template in base.templates:
            # Argo looks at the templates of another object by a reference to each of them.
            if base is not self._own and not template.name:
                self.walk.report.problem("ref-template-required", template.place, "give the template a name")
            elif base is self._own or not is_unresolved(template.name):
                visit = self.walk.arrive(Callee(template, base), template.place, FAKE)
                if visit is not None:
                    run(self.walk.body(visit))

    def _named(self, field: str, base: Base) -> tuple[str, Place]:
        """The template that *field* names, here or in the referenced object, and where."""
        own = text(self._spec.get(field))
        if own or base is self._own:
            return own, self._root / field
        return text(base.spec.get(field)), base.place / field

    def _refer(self, name: str, place: Place, base: Base, arguments: Arguments) -> None:
        """Follow ``entrypoint`` or ``onExit``, which stands at *place*."""
        run(self.walk.enter(name, place, base, arguments))


def _named(what: str, keys: Iterable[object]) -> Iterator[str]:
    yield from (f"workflow.{what}.{key}" for key in keys)


def _decided_by_a_tag(template: Document) -> bool:
    """Whether a tag decides under which global name an artifact of the template is known."""
    return any(is_tagged(text(artifact.get("globalName"))) for artifact in artifacts(template, "outputs"))
