"""The exercises of lesson 05, New listeners and new tracks, in parts: newcomers, folding, tracks, rates, interview.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
