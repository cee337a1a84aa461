"""The exercises of lesson 02, Portraits of listeners, in parts: portraits, components, clusters, segments.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
