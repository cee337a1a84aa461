"""Networks as recommenders, in PyTorch, under the same contract as every other model: an optional room.

Nothing outside this room imports torch, and nothing in it knows how a model is graded: early stopping asks a function
that it is given. Lessons 12 and 13 build the same models by hand in NumPy first.
"""

from recsys_helpers.extras import missing

if _lack := missing("deep"):
    raise ModuleNotFoundError(f"recsys_helpers.deep needs PyTorch: {_lack}.")

from recsys_helpers.deep.autoencoders import VAE, Autoencoder
from recsys_helpers.deep.pairs import NeuralCF
from recsys_helpers.deep.sequences import ConvSeq, GRU4Rec, SASRec, TargetAttention
from recsys_helpers.deep.towers import TwoTower
from recsys_helpers.deep.training import Training

__all__ = [
    "VAE",
    "Autoencoder",
    "ConvSeq",
    "GRU4Rec",
    "NeuralCF",
    "SASRec",
    "TargetAttention",
    "Training",
    "TwoTower",
]
