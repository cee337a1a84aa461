"""The exercises of lesson 19, Privacy, in parts: tracing, noise, deletion.

They hold no lesson: the text is in notebooks/source.
"""
