"""
What Argo's objects mean: facts about Argo and Kubernetes, and nothing of rules or policies.

To read it from the bottom up:

``kinds``, ``labels``, ``fields``, ``types``, ``scalars``, ``deprecated``
    Tables: what objects there are, and of which fields and values. What they are made from is in ``data``.
``schema``, ``decoding``, ``letter_case``
    A document against these tables: what the API server and Argo refuse, and what Argo reads. ``fitting`` and
    ``surely`` tell first, and quickly, of most that nothing is wrong with it.
``languages``, ``expressions``
    The little languages in its texts.
``merge``, ``merge_directives``, ``merge_order``, ``pod_metadata``, ``template_defaults``
    One document over another, as Kubernetes and Argo merge.
``controller``, ``config_text``
    What the controller is configured to do.
``expand``, ``expansion``, ``started``
    What stands behind references, and the Workflow that an object starts. ``fold``, ``folding``: the way back.
``checks``, ``validation``, ``variables``
    What Argo's validator finds: part by part, then by following references; and which variables there are.
``workflow``, ``graph``, ``callees``, ``variable_uses``, ``waits``, ``recursion``
    An object as rules look at it: each answer found once.
``pods``, ``peak``
    The pods that it becomes, and how many of them, with what, at one time.
``usage``, ``compare``, ``contracts``, ``update``
    Between objects and over time: who uses a template, what breaks them, what may be handed over, who changes what.
"""
