"""The exercises of lesson 03, The mathematics of matrix factorisation, in parts: svd, objective, descent, factors.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
