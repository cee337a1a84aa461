"""The exercises of lesson 04, The SVD model, in parts: baselines, repairs, epochs, axes.

It holds no exercise itself, and imports no part: ``registry`` takes the one that is asked for.
"""
