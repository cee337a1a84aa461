"""The exercises of lesson 07, When to believe a difference, in parts: intervals, propensities, online, running.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
