"""The exercises of lesson 13, Sequences and attention, in parts: order, reading.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
