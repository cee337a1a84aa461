"""The exercises of lesson 14, Exploring, in parts: choosing, judging.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
