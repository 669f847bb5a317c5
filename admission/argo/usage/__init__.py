"""
Who uses what: every reference of every object, turned round.

``uses`` finds the references of one object, ``reduced`` keeps of an object only those, ``index`` finds the users of a
template through any depth.
"""
