"""
Templates as an API: which changes of one break those who use it.

``interface`` is what callers see of a template, ``breaks`` compares two versions of an object and says of each breaking
change whose uses it concerns.
"""
