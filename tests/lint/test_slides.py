"""
The first workflows that people write, and the mistakes that are easily made in them.

Those of ours stand here; the manifests of the slides that the project starts from lie beside the checkout.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus import CORPUS

from admission.lint.run import LintOptions, lint
from admission.model.catalog import FrozenCatalog
from admission.model.finding import Action, Finding
from admission.model.source import read

SLIDES = CORPUS / "slides"


def judged(text: str) -> list[Finding]:
    """What lint says of the objects in *text*, all of which are in the catalog."""
    documents = [source.document for source in read(text)]
    return [finding for document in documents for finding in lint(document, FrozenCatalog.of(documents), LintOptions())]


def told(text: str) -> list[tuple[str, str, str]]:
    """Source, place and message of what is denied in *text*."""
    return [(each.source, str(each.path), each.message) for each in judged(text) if each.action is Action.DENY]


CONTAINER = """
metadata: {generateName: greet-}
spec:
  entrypoint: greet
  templates:
  - name: greet
    container: {image: alpine, command: [echo], args: [hi], resources: {limits: {memory: 32Mi}}}
"""
SCRIPT = """
metadata: {generateName: dice-}
spec:
  entrypoint: main
  templates:
  - name: main
    steps:
    - - {name: roll, template: roll}
    - - name: tell
        template: tell
        arguments: {parameters: [{name: text, value: "{{steps.roll.outputs.result}}"}]}
  - {name: roll, script: {image: "python:3", command: [python], source: "print(4)"}}
  - name: tell
    inputs: {parameters: [{name: text}]}
    container: {image: alpine, command: [echo], args: ["{{inputs.parameters.text}}"]}
"""
HTTP = """
metadata: {generateName: call-}
spec:
  entrypoint: call
  templates:
  - name: call
    http:
      url: https://example.org
      method: GET
      successCondition: response.statusCode == 200
"""


@pytest.mark.parametrize("text", [CONTAINER, SCRIPT, HTTP], ids=["container", "script", "http"])
def test_whole(text: str) -> None:
    """A workflow that is right is accepted without a warning."""
    assert [] == judged("kind: Workflow" + text)


#: What is easily got wrong: the text, and the source, place and hint of what is found.
WRONG = {
    "a field beside the container": (
        CONTAINER.replace(", resources: {limits: {memory: 32Mi}}}", "}\n    resources: {limits: {memory: 32Mi}}"),
        ("schema/unknown-field", "spec.templates[0].resources", "does it belong to 'container'?"),
    ),
    "a field beside the request": (
        HTTP.replace("      successCondition", "    successCondition"),
        ("schema/unknown-field", "spec.templates[0].successCondition", "does it belong to 'http'?"),
    ),
    "a misspelt template": (
        SCRIPT.replace("- name: tell\n    inputs", "- name: tel\n    inputs"),
        ("lint/ref-undefined", "spec.templates[0].steps[1][0].template", "did you mean 'tel'?"),
    ),
    "a template left out": (
        SCRIPT.partition("  - name: tell\n    inputs")[0],
        ("lint/ref-undefined", "spec.templates[0].steps[1][0].template", "there are 'main', 'roll'"),
    ),
    "a misspelt variable": (
        SCRIPT.replace("steps.roll.outputs", "steps.rol.outputs"),
        (
            "lint/var-unresolved",
            "spec.templates[0].steps[1][0].arguments.parameters[0].value",
            "did you mean 'steps.roll.outputs.result'?",
        ),
    ),
    "a level forgotten": (
        SCRIPT.replace("    - - {name: roll", "    - {name: roll"),
        ("lint/decode-steps-shape", "spec.templates[0].steps[0]", "write '- - name: …' for a step of its own"),
    ),
}


@pytest.mark.parametrize(("text", "expected"), WRONG.values(), ids=WRONG)
def test_as_it_happens(text: str, expected: tuple[str, str, str]) -> None:
    """What is easily got wrong is denied at its field, and the message says what was meant."""
    source, place, hint = expected

    assert (source, place, True) in [(*each[:2], hint in each[2]) for each in told("kind: Workflow" + text)]


def slides(folder: str) -> list[Path]:
    """The manifests of a folder."""
    return sorted((SLIDES / folder).glob("*.yaml"))


#: The fields of the manifests as they are shown that are found, with the hint that helps.
SHOWN = {
    "hello-world-resources-beside-container.yaml": {("spec.templates[0].resources", "does it belong to 'container'?")},
    "http-condition-beside-http.yaml": {
        ("spec.templates[1].successCondition", "does it belong to 'http'?"),
        ("spec.templates[1].body", "does it belong to 'http'?"),
    },
    "script-without-print-message.yaml": {
        ("spec.templates[0].steps[1][0].template", "there are 'python-script-example', 'gen-random-int'")
    },
}

if SLIDES.is_dir():

    @pytest.mark.corpus
    @pytest.mark.parametrize("path", slides("completed"), ids=lambda path: path.stem)
    def test_completed(path: Path) -> None:
        """The completed manifests are accepted without a warning."""
        assert [] == judged(path.read_text(encoding="utf-8"))

    @pytest.mark.corpus
    @pytest.mark.parametrize("path", slides("as-shown"), ids=lambda path: path.stem)
    def test_as_shown(path: Path) -> None:
        """Those with a mistake are refused at the field that is wrong, and nowhere else, with what helps."""
        found = told(path.read_text(encoding="utf-8"))

        assert SHOWN[path.name] == {(place, message.partition("here: ")[2]) for _, place, message in found}
