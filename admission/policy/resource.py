"""A PolicySet: policies, bindings and exceptions as they are loaded. What is asked of them: ``inforce.py``."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property

from admission.model.document import Document, name_of, text
from admission.model.path import Path
from admission.policy import cel, load
from admission.policy.exceptions import counts, home_of, key_of
from admission.policy.inforce import InForce
from admission.policy.judgement import Judgement
from admission.policy.load import BINDING, EXCEPTION, GROUP, POLICY
from admission.policy.mutate import Changed, Mutated
from admission.policy.remarks import Remark, of_binding, of_policy
from admission.policy.spec import Problem

__all__ = ["Changed", "Judgement", "Mutated", "PolicySet", "Problem"]


@dataclass(frozen=True)
class PolicySet(InForce):
    """All policies, bindings and exceptions, compiled. Make it with :meth:`load`."""

    @classmethod
    def load(
        cls,
        documents: Iterable[Document],
        engine: str = cel.DEFAULT,
        previous: PolicySet | None = None,
        rule_ids: Collection[str] | None = None,
        exception_namespaces: Iterable[str] = (),
    ) -> PolicySet:
        """
        The policies among *documents*; other kinds are passed over, and of two of one name the later counts.

        Never raises for a policy: see ``problems``. What *previous* has compiled of the same text is taken over, and a
        good version stays in force where the newer one cannot be used. *rule_ids* are the rules that bindings may name.
        """
        before = previous if previous is not None and previous.engine == engine else cls(engine)
        given, compiler, namespaces = _by_kind(documents), cel.engine(engine), tuple(exception_namespaces)
        policies = {
            name: load.load_policy(document, compiler, before.policies.get(name))
            for name, document in given[POLICY].items()
        }
        bindings = {
            name: load.load_binding(document, compiler, policies, rule_ids, before.bindings.get(name))
            for name, document in given[BINDING].items()
        }
        exceptions = {
            key: load.load_exception(document, compiler, counts(home_of(document), namespaces))
            for key, document in given[EXCEPTION].items()
        }
        return cls(engine, policies, bindings, exceptions, namespaces)

    @cached_property
    def problems(self) -> tuple[Problem, ...]:
        """Why some of them cannot be used as they are written."""
        of_policies = (problem for policy in self.policies.values() for problem in policy.problems)
        of_bindings = (problem for binding in self.bindings.values() for problem in binding.problems)
        of_exceptions = (problem for exception in self.exceptions.values() for problem in exception.problems)
        return (*of_policies, *of_bindings, *of_exceptions)

    def check(self, document: Document) -> tuple[Problem, ...]:
        """
        Why *document*, one of our kinds, could not be used beside what is here; nothing where it could.

        That a policy is not there yet is no reason: a binding may come first.
        """
        kind, compiler = text(document.get("kind")), cel.engine(self.engine)
        if kind == POLICY:
            return load.load_policy(document, compiler, None).problems
        if kind == EXCEPTION:
            return load.load_exception(document, compiler, counts=True).problems
        loaded = load.load_binding(document, compiler, self.policies, None, None)
        return tuple(problem for problem in loaded.problems if problem.path != Path(("spec", "policyName")))

    def remarks(self, document: Document) -> tuple[Remark, ...]:
        """What is right by its form in *document*, one of our kinds, and still looks like a mistake."""
        kind, compiler = text(document.get("kind")), cel.engine(self.engine)
        if kind == POLICY:
            program = load.load_policy(document, compiler, self.policies.get(name_of(document))).program
            return tuple(of_policy(program)) if program else ()
        if kind == BINDING:
            binding = load.load_binding(document, compiler, self.policies, None, None).binding
            policy = self.policies.get(binding.policy_name) if binding else None
            return tuple(of_binding(binding, policy.program if policy else None)) if binding else ()
        return self._remarks_on_exception(document)

    def _remarks_on_exception(self, document: Document) -> tuple[Remark, ...]:
        spec = Path(("spec",))
        said: list[Remark] = []
        if not counts(home_of(document), self.exception_namespaces):
            said.append((Path(("metadata", "namespace")), "exceptions count only in namespaces of the configuration"))
        exemption = load.load_exception(document, cel.engine(self.engine), counts=True).exemption
        for name in sorted(exemption.policy_names - self.policies.keys()) if exemption else ():
            said.append((spec / "policyNames", f"no policy is called {name!r}"))
        return tuple(said)


def is_ours(document: Document) -> bool:
    """Whether *document* is of our API group; others may have kinds of the same name."""
    return text(document.get("apiVersion")).partition("/")[0] == GROUP


def _by_kind(documents: Iterable[Document]) -> dict[str, dict[str, Document]]:
    """Those of our three kinds, by kind and by what they are known by, in the order of that."""
    found: dict[str, dict[str, Document]] = {POLICY: {}, BINDING: {}, EXCEPTION: {}}
    for document in filter(is_ours, documents):
        kind = text(document.get("kind"))
        if kind in found:
            found[kind][key_of(document) if kind == EXCEPTION else name_of(document)] = document
    return {kind: dict(sorted(named.items())) for kind, named in found.items()}
