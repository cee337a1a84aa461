"""Acting: models and rules as policies that are served, week after week, and learn from what came of it.

It judges none: what a policy was worth is ``evaluation``'s and the simulator's to say.
"""

from recsys_helpers.acting.policy import LearningPolicy, ModelPolicy

__all__ = ["LearningPolicy", "ModelPolicy"]
