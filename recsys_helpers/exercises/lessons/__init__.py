"""The exercises, one module or one package for each lesson: ``lesson_00``, ``lesson_01`` and so on.

It imports none of them: ``registry`` finds by name, without importing, which one is meant.
"""
