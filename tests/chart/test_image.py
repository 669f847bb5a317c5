"""
The image: what its Dockerfile may look like, and what goes into it.

There is no container engine here. ``make image-check`` takes the steps of the Dockerfile without one; it needs a
minute and the package registry, so that it is no part of this.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

import cyclonedx.schema
import lock
import pytest
import sbom
from image_steps import ROOT, Step, entrypoint, stages, steps
from jsonschema import Draft7Validator
from packaging.requirements import Requirement
from referencing import Registry, Resource

from admission.cli.main import COMMANDS

TEXT = (ROOT / "Dockerfile").read_text()
STEPS = steps(TEXT)
PACKAGES = lock.packages((ROOT / "requirements.lock").read_text())
NEEDED = lock.runtime(PACKAGES)

#: Only what is meant to be in the build's context is: the last line that matches decides.
CONTEXT = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]


def test_hadolint() -> None:
    """The Dockerfile has none of the faults that linters of Dockerfiles name."""
    assert list(_faults(STEPS)) == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("FROM python", "DL3006"),
        ("FROM python:latest", "DL3007"),
        ("FROM python:3.11-slim\nUSER root", "DL3002"),
        ("FROM python:3.11-slim", "DL3002"),
        ("FROM python:3.11-slim\nADD x y\nUSER 1:1", "DL3020"),
        ("FROM python:3.11-slim\nRUN cd /x && make\nUSER 1:1", "DL3003"),
        ("FROM python:3.11-slim\nRUN sudo make\nUSER 1:1", "DL3004"),
        ("FROM python:3.11-slim\nRUN curl x | sh\nUSER 1:1", "DL4006"),
        ("FROM python:3.11-slim\nRUN pip install x\nUSER 1:1", "DL3013"),
        ("FROM python:3.11-slim\nCOPY x y\nUSER 1:1", "DL3045"),
        ("FROM python:3.11-slim\nUSER 1:1\nENTRYPOINT serve", "DL3025"),
        ("FROM python:3.11-slim\nUSER 1:1\nENV API_TOKEN=x", "secret"),
    ],
)
def test_a_fault_is_found(text: str, fault: str) -> None:
    """Each of these faults would be noticed."""
    assert fault in [name for name, _ in _faults(steps(text))]


def test_the_context_has_what_is_copied() -> None:
    """What the Dockerfile copies is let through by .dockerignore, and exists."""
    for step in STEPS:
        words = step.rest.split()
        if step.instruction != "COPY" or any(word.startswith("--from") for word in words):
            continue
        for source in words[:-1]:
            assert f"!{source.rstrip('/')}" in CONTEXT and (ROOT / source).exists(), source


def test_nothing_else_is_in_the_context() -> None:
    """Tests, caches, history and credentials of whoever builds stay outside."""
    assert CONTEXT[0] == "*"
    assert {line.removeprefix("!") for line in CONTEXT if line.startswith("!")} == {
        word.rstrip("/")
        for step in STEPS
        if step.instruction == "COPY" and "--from" not in step.rest
        for word in step.rest.split()[:-1]
    }


def test_the_entrypoint_is_our_command() -> None:
    """The image runs the command of the distribution, which knows what the chart asks it for."""
    assert entrypoint() == ["argo-admission"]
    assert {"serve", "probe", "disable"} <= COMMANDS.keys()


def test_what_is_installed() -> None:
    """The image has all that the distribution needs, what that needs in turn, and nothing that only developers use."""
    assert {*_closure("argo-admission")} <= NEEDED.keys() | {"argo-admission"}
    assert not {"pytest", "mypy", "ruff", "hypothesis"} & NEEDED.keys()


@pytest.mark.parametrize("file", ["requirements.lock", "requirements-build.lock"])
def test_everything_is_pinned_by_hash(file: str) -> None:
    """Each package has one version and the hashes of its files."""
    found = lock.packages((ROOT / file).read_text())

    assert found
    assert [name for name, package in found.items() if not package.hashes or not package.version] == []


def test_the_bill_of_materials() -> None:
    """It is CycloneDX by its own schema, has every package of the image, and is the same every time."""
    document = sbom.bill(sbom.project(), NEEDED)
    names = {each["name"] for each in document["components"]}

    assert list(_cyclonedx().iter_errors(document)) == []
    assert names == NEEDED.keys()
    assert document == sbom.bill(sbom.project(), NEEDED)


def test_the_bill_of_materials_is_connected() -> None:
    """Every package is there because another one, or we, ask for it."""
    document = sbom.bill(sbom.project(), NEEDED)
    asks = {each["ref"]: each["dependsOn"] for each in document["dependencies"]}
    reached, coming = set[str](), [document["metadata"]["component"]["bom-ref"]]
    while coming:
        reference = coming.pop()
        if reference not in reached:
            reached.add(reference)
            coming += asks[reference]

    assert reached == asks.keys()


def test_a_wrong_bill_of_materials_is_noticed() -> None:
    """The schema is a measure: what is no CycloneDX fails it."""
    document = sbom.bill(sbom.project(), NEEDED)
    document["components"][0]["type"] = "thing"

    assert list(_cyclonedx().iter_errors(document))


def _faults(found: list[Step]) -> Iterator[tuple[str, int]]:
    for stage in stages(found):
        yield from _faults_of_base(stage[0], found)
        copies = [step for step in stage if step.instruction == "COPY" and "--from" not in step.rest]
        if copies and not any(step.instruction == "WORKDIR" for step in stage[: stage.index(copies[0])]):
            yield "DL3045", copies[0].line
        for step in stage:
            yield from ((name, step.line) for name in _faults_of(step))
    users = [step.rest for step in stages(found)[-1] if step.instruction == "USER"]
    if not users or users[-1].partition(":")[0] in ("root", "0"):
        yield "DL3002", found[-1].line


def _faults_of_base(step: Step, found: list[Step]) -> Iterator[tuple[str, int]]:
    """An image without a version, or with one that moves."""
    given = dict(each.rest.split("=", 1) for each in found if each.instruction == "ARG")
    image = re.sub(r"\$\{(\w+)\}", lambda match: given[match[1]], step.rest.split()[0])
    _, _, tag = image.rpartition("/")[2].partition(":")
    if not tag:
        yield "DL3006", step.line
    if tag == "latest":
        yield "DL3007", step.line


def _faults_of(step: Step) -> Iterator[str]:
    if step.instruction == "ADD":
        yield "DL3020"
    if step.instruction in ("ENTRYPOINT", "CMD") and not step.rest.startswith("["):
        yield "DL3025"
    if step.instruction in ("ENV", "ARG") and re.search(r"TOKEN|PASSWORD|SECRET|API_?KEY", step.rest, re.IGNORECASE):
        yield "secret"
    if step.instruction != "RUN":
        return
    for command in re.split(r"&&|\|\||;", step.rest):
        words = shlex.split(command)
        if words[0] == "cd":
            yield "DL3003"
        if words[0] == "sudo":
            yield "DL3004"
        if "|" in words and "pipefail" not in step.rest:
            yield "DL4006"
        if "pip" in words and "install" in words and not {"--require-hashes", "--no-index"} & {*words}:
            yield "DL3013"


def _closure(name: str, seen: frozenset[str] = frozenset()) -> Iterator[str]:
    """The distributions that *name* needs on this platform, itself included, as they are installed here."""
    if name in seen:
        return
    yield name
    for text in requires(name) or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield from _closure(re.sub(r"[-_.]+", "-", requirement.name).lower(), seen | {name})


def _cyclonedx() -> Draft7Validator:
    """The schema of CycloneDX 1.6, with those that it refers to."""
    folder = Path(cyclonedx.schema.__file__).parent / "_res"
    names = ("spdx.SNAPSHOT.schema.json", "jsf-0.82.SNAPSHOT.schema.json")
    read = {name: json.loads((folder / name).read_text()) for name in names}
    resources = [(f"http://cyclonedx.org/schema/{name}", Resource.from_contents(each)) for name, each in read.items()]
    schema = json.loads((folder / "bom-1.6.SNAPSHOT.schema.json").read_text())
    return Draft7Validator(schema, registry=Registry().with_resources(resources))
