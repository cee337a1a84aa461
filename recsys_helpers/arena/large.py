"""Letters of five lines for a terminal, so that an address and a word are read from the back of a room.

It knows small letters, digits and what stands in an address; anything else is a gap.
"""

from __future__ import annotations

SIGNS = "abcdefghijklmnopqrstuvwxyz", "0123456789.:/-"
#: of each row of signs five lines, each sign three wide, # for ink
DRAWN = """\
### ##  ### ##  ### ### ### # # ###   # # # #   # # ### ### ### ### ### ### ### # # # # # # # # # # ###
# # # # #   # # #   #   #   # #  #    # # # #   ### # # # # # # # # # # #    #  # # # # # # # # # #   #
### ##  #   # # ##  ##  # # ###  #    # ##  #   ### # # # # ### # # ##  ###  #  # # # # ###  #  ###  #
# # # # #   # # #   #   # # # #  #  # # # # #   # # # # # # #   ### # #   #  #  # # # # ### # #   # #
# # ##  ### ##  ### #   ### # # ### ### # # ### # # # # ### #     # # # ###  #  ###  #  # # # # ### ###
""", """\
### ##  ### ### # # ### ### ### ### ###           #
# #  #    #   # # # #   #     # # # # #      #    #
# #  #  ### ### ### ### ###   # ### ###          #  ###
# #  #  #     #   #   # # #   # # #   #      #  #
### ### ### ###   # ### ###   # ### ###  #      #
"""  # fmt: skip


def _glyph(sign: str) -> list[str]:
    """The five lines of one sign."""
    row = next((i for i, signs in enumerate(SIGNS) if sign in signs), None)
    if row is None:
        return ["   "] * 5
    at = 4 * SIGNS[row].index(sign)
    return [line[at : at + 3].ljust(3) for line in DRAWN[row].splitlines()]


def large(text: str) -> str:
    """A text in letters of five lines.

    >>> print(large("re:1"))
    ███ ███     ██
    █ █ █    █   █
    ██  ██       █
    █ █ █    █   █
    █ █ ███     ███
    """
    rows = zip(*(_glyph(sign) for sign in text.lower()), strict=True)
    return "\n".join(" ".join(row).replace("#", "█").rstrip() for row in rows)
