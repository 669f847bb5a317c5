"""
Policies: what is wanted, where, and what becomes of it. Why it is done so: ``README.md`` beside this.

To read it in the order of a policy's life:

``spec``, ``schema``, ``data``, ``cel``
    What a policy says, the CRDs that check it, and the language of its expressions.
``program``, ``load``, ``resource``, ``remarks``, ``standing``, ``conditions``
    Compiled and loaded; what cannot be used, what looks like a mistake, what its status says.
``input``, ``selector``, ``match``, ``matching``, ``params``
    What it is asked about, and whether it concerns that.
``targets``, ``effective``, ``settled``
    What it looks at: the Workflow, its templates, the pods and containers that they become.
``inforce``, ``plan``, ``validate``, ``recall``
    The asking: many policies on many targets, and what is remembered of it.
``allow``, ``grants``, ``authorize``, ``access``, ``images``, ``uses``, ``signing``
    Who may use what, and whose signatures count.
``mutate``, ``merging``, ``weaker``
    What it changes.
``judgement``, ``exceptions``
    What comes of all this, and what is left alone for a while.
``cases``, ``catalogue``, ``export``
    Policies as files: their tests, their page, and what the API server can evaluate itself.
"""
