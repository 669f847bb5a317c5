"""``argo-admission pods``: the pods of Workflows, each one or how many of them at once."""
