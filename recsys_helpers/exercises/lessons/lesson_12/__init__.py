"""The exercises of lesson 12, Neural recommenders, in parts: networks, training, losses.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
