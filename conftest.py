"""Where PyTorch is not, no doctests are looked for in the room that needs it."""

from importlib.util import find_spec

collect_ignore = [] if find_spec("torch") else ["recsys_helpers/deep"]
