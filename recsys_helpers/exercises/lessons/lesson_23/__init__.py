"""The exercises of lesson 23, Another platform, in parts: support, advertising, elsewhere.

They hold no lesson: the text is in notebooks/source.
"""
