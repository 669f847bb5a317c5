"""
What has become of a Workflow since its author wrote it, and putting that back where he only writes it once more.

``records`` knows what we wrote, ``globals`` what the controller put in for variables, ``values`` compares the two
documents. The door is ``argo/fold.py``.
"""
