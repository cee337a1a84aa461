"""The exercises of lesson 15, Causes and plans, in parts: causes, plans.

They hold no lesson: the text is in notebooks/source.
"""
