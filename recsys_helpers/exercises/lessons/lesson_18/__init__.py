"""The exercises of lesson 18, Attack and defence, in parts: attacking, defending.

They hold no lesson: the text is in notebooks/source.
"""
