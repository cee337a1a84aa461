"""The exercises of lesson 20, Live, in parts: stream, updates, ageing, serving.

They hold no lesson: the text is in notebooks/source.
"""
