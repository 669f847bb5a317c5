"""The options that several commands share: one table, from which help and README are made."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import wraps
from typing import Any, TypeAlias

import click

from admission.model.finding import Action
from admission.model.settings import ARGO_VERSIONS, Settings
from admission.report import FORMATS


@dataclass(frozen=True, kw_only=True)
class Options:
    """What the shared options say; see ``SHARED`` for each."""

    templates: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    cluster: bool = False
    namespace: str = "default"
    argo_version: str | None = None
    fail_on: Action = Action.DENY
    mutate: bool = False
    controller_config: str | None = None
    config: str | None = None
    output: str = "text"


class _ArgoVersion(click.ParamType):  # type: ignore[type-arg]
    """A version of Argo, of which the first two numbers say whose rules are meant."""

    name = "version"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        found = re.fullmatch(r"v?(\d+\.\d+)(\.\d+)?", str(value))
        if not found or found[1] not in ARGO_VERSIONS:
            self.fail(f"{value!r} is none of {', '.join(ARGO_VERSIONS)}", param, ctx)
        return found[1]


def _action(ctx: click.Context, param: click.Parameter, value: str) -> Action:
    return Action(value.capitalize())


#: Every shared option, in the order of the help; its name is that of its field of ``Options``.
SHARED: tuple[click.Option, ...] = (
    click.Option(
        ["--templates"],
        multiple=True,
        metavar="PATH",
        help="What the catalog holds besides the objects given: templates, Namespaces, ConfigMaps … (repeatable)",
    ),
    click.Option(
        ["--policies"],
        multiple=True,
        metavar="PATH",
        help="Policies, bindings and exceptions; 'builtin' is the library that comes with us, 'builtin/<bundle>' a "
        "part of it (repeatable)",
    ),
    click.Option(
        ["--cluster"], is_flag=True, help="Take catalog and policies from the current kubeconfig context as well"
    ),
    click.Option(
        ["-n", "--namespace"], default="default", show_default=True, metavar="NS", help="For documents without one"
    ),
    click.Option(
        ["--argo-version"],
        type=_ArgoVersion(),
        show_default=Settings().argo_version,
        metavar="X.Y[.Z]",
        help="Whose rules: " + ", ".join(f"{short} means {full}" for short, full in ARGO_VERSIONS.items()),
    ),
    click.Option(
        ["--fail-on"],
        type=click.Choice(["deny", "warn"]),
        default="deny",
        show_default=True,
        callback=_action,
        help="What makes exit status 1",
    ),
    click.Option(["--mutate"], is_flag=True, help="Apply the mutations of the policies first"),
    click.Option(
        ["--controller-config"],
        metavar="FILE",
        help="A workflow-controller-configmap: defaults, restrictions, executor …",
    ),
    click.Option(
        ["--config"],
        metavar="FILE",
        help="The configuration of serve: its rules, versions, policies and catalog count here, too",
    ),
    click.Option(
        ["-o", "--output"],
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="The format of what goes to standard output",
    ),
)

_FIELDS = frozenset(field.name for field in fields(Options))

_Command: TypeAlias = Callable[..., None]


def shared(*without: str) -> Callable[[_Command], _Command]:
    """Gives a command the shared options but for *without*; its function gets them as one ``Options``."""
    chosen = [option for option in SHARED if option.name not in without]

    def decorate(command: _Command) -> _Command:
        @wraps(command)
        def called(**given: Any) -> None:
            ours = {name: given.pop(name) for name in _FIELDS & given.keys()}
            command(options=Options(**ours), **given)

        # As click's own decorators do it: a command takes these from its function, the last one first.
        called.__dict__["__click_params__"] = [*getattr(command, "__click_params__", []), *reversed(chosen)]
        return called

    return decorate
