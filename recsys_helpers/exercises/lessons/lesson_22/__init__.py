"""The exercises of lesson 22, Many modalities, in parts: words, senses, facts.

They hold no lesson: the text is in notebooks/source.
"""
