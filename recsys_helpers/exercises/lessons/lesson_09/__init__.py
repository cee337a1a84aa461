"""The exercises of lesson 09, The shelf, in parts: variety, choosing.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
