"""The exercises of lesson 10, Learning to rank, in parts: pairs, negatives.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
