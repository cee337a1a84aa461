"""The exercises of lesson 06, Evaluation, in parts: ratings, splits, lists, beyond, choosing, difference.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
