"""MABWiser: bandits with and without features, called as its documentation does.

It measures MABWiser and judges nothing: what was chosen goes back as positions.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import child
from mabwiser.mab import MAB, LearningPolicy


class Rule:
    """A bandit that has seen nothing yet: MABWiser's begins with ``fit`` and goes on with ``partial_fit``."""

    def __init__(self, mab, linear):
        self.mab, self.linear, self.begun = mab, linear, False


def start(n_arms, n_features, settings, seed):
    policy = getattr(LearningPolicy, settings["model"])(**settings["params"])
    return Rule(MAB(list(range(n_arms)), policy, seed=seed), settings["model"].startswith("Lin"))


def choose(rule, row):
    return rule.mab.predict(row) if rule.linear else rule.mab.predict()


def learn(rule, arms, rewards, rows):
    take = rule.mab.partial_fit if rule.begun else rule.mab.fit
    take(arms, rewards, *([rows] if rule.linear else []))
    rule.begun = True


child.main(
    {"visits": child.visits_job(child.Chooser(start, choose, learn))}, ("mabwiser", "numpy", "scikit-learn")
)
