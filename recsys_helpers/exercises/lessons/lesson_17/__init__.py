"""The exercises of lesson 17, Reasons and control, in parts: terms, deletions, control.

They hold no lesson: the text is in notebooks/source.
"""
