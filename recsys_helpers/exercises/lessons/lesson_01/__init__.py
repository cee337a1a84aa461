"""The exercises of lesson 01, Data collection, in parts: rules, sittings, table, privacy.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
