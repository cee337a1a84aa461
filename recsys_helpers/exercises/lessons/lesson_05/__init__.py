"""The exercises of lesson 05, New listeners and new tracks, in parts: newcomers, folding, packs, tracks.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
