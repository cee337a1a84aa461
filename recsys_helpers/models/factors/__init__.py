"""Models that give each listener and each item a short vector, and score by their inner product.

How such a vector is predicted for an item that nobody has played stands in ``cold``.
"""
