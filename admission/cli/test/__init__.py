"""``argo-admission test``: the cases of policies, and whether they would notice a mistake."""
