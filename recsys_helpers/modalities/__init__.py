"""Many modalities: what words, sound, creators and a graph of facts say of a track that nobody has played.

It holds no model for tracks that are played (see ``models``), and it reads no file and no real sound.
"""

from recsys_helpers.modalities.cold import (
    PENALTIES,
    ColdTracks,
    FactorRidge,
    Mapped,
    Part,
    ndcg_of_scores,
    track_folds,
)
from recsys_helpers.modalities.fusion import early, late, learn_with_holes, put_holes, standard_scores
from recsys_helpers.modalities.graph import FACTS, facts_of, links, path_scores, paths_between, rewired
from recsys_helpers.modalities.portraits import mean_portraits, nearest_others
from recsys_helpers.modalities.sound import (
    RATE,
    band_summary,
    pitch_classes,
    pulse,
    read_sound,
    render,
    spectrogram,
)
from recsys_helpers.modalities.text import latent, one_hot, weigh_words, without
from recsys_helpers.modalities.translation import Translation, margin_losses

__all__ = [
    "FACTS",
    "PENALTIES",
    "RATE",
    "ColdTracks",
    "FactorRidge",
    "Mapped",
    "Part",
    "Translation",
    "band_summary",
    "early",
    "facts_of",
    "late",
    "latent",
    "learn_with_holes",
    "links",
    "margin_losses",
    "mean_portraits",
    "ndcg_of_scores",
    "nearest_others",
    "one_hot",
    "path_scores",
    "paths_between",
    "pitch_classes",
    "pulse",
    "put_holes",
    "read_sound",
    "render",
    "rewired",
    "spectrogram",
    "standard_scores",
    "track_folds",
    "weigh_words",
    "without",
]
