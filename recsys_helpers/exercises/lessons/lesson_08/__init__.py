"""The exercises of lesson 08, Real listeners, in parts: settings, artists, friends.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
