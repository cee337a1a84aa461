"""A small service: lists of a fitted model by HTTP, plays posted to it and kept, the next list changed.

It trains nothing at a request, and it answers this machine alone. What the Arena shares with it stands here: what was
sent, read strictly (``sent``), answers (``web``) and one file that is never half written (``database``).
"""
