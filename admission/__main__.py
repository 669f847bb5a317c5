"""``python -m admission``: the same as ``argo-admission``."""

from admission.cli.main import main

main(prog_name="argo-admission")
