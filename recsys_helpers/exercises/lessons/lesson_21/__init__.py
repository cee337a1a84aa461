"""The exercises of lesson 21, Large, in parts: rows, workers.

They hold no lesson: the text is in notebooks/source.
"""
