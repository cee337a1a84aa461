"""The exercises of lesson 16, The competition for attention, in parts: worth, choice, league.

They hold no lesson: the text is in notebooks/source.
"""
