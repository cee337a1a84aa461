"""The exercises of lesson 11, Context, tags and time, in parts: machine, plays.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
