"""Models for whom and what no log knows yet: by content, by a few answers, by an editor's choice.

The models that need a history to say anything stand beside it and in ``factors``.
"""
