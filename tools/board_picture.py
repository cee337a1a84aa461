"""Write the README's picture of the Arena: docs/images/board.png, the board after four weeks of a small class.

Five teams of different skill play through the server as a class does, and headless Chromium takes the picture. The
world is drawn anew each time, as for a class: the picture shows what a board looks like, and no result.

    python tools/board_picture.py
"""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from playwright.sync_api import sync_playwright

from recsys_helpers.arena import join
from recsys_helpers.events import preference
from recsys_helpers.interactions import Interactions
from recsys_helpers.models import EASE, ImplicitALS, ItemKNN, Popularity
from tests.browser.test_lab import CHROMIUM

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "images" / "board.png"
USERS, WEEKS, PORT = 200, 4, 8799
TEAMS = {
    "Otters": EASE(),
    "Night owls": ImplicitALS(n_factors=16, random_state=0),
    "Magpies": ItemKNN(),
    "Herons": Popularity(),
    "Wait and see": None,  # hands in the chart every week
}


def lists_of(model, game):
    """A team's shelves for the open week."""
    log = game.log()
    if model is None or len(log) == 0:
        return game.within_rules({}, fill=game.chart)
    x = Interactions.from_frame(preference(log, "listened", game.tracks), value="strength")
    known = [user for user in x.users if user in set(game.listeners)]
    return game.within_rules(model.fit(x).recommend(known, k=50, exclude_seen=False), fill=game.chart)


def main() -> int:
    """Play, and take the picture; 0 if it was taken."""
    if CHROMIUM is None:
        print("This needs Chromium, and there is none here.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):  # tokens lie where a team plays
        words = ["-m", "recsys_helpers", "arena", "--folder", folder, "--port", str(PORT)]
        words += ["--users", str(USERS), "--weeks", str(WEEKS)]
        server = subprocess.Popen(
            [sys.executable, *words], stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )
        try:
            said = ""
            while "Ctrl-C" not in said:
                line = server.stdout.readline()
                if not line:
                    print(f"The Arena did not start:\n{said}", file=sys.stderr)
                    return 1
                said += line
            code = re.search(r'code="(\w+)"', said).group(1)
            desk = re.search(r"^Teacher +(\S+)", said, re.MULTILINE).group(1)
            address = re.search(r"^Board +(\S+)/$", said, re.MULTILINE).group(1)
            games = {team: join(address, team, code) for team in TEAMS}
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
                teacher = browser.new_page()
                teacher.goto(desk)
                for week in range(1, WEEKS + 1):
                    for team, game in games.items():
                        game.submit(lists_of(TEAMS[team], game))
                    teacher.get_by_role("button", name=f"Start week {week}").click()
                    for game in games.values():
                        game.wait(900)
                board = browser.new_page(viewport={"width": 1280, "height": 580})
                board.goto(f"{address}/")
                board.get_by_text("The game is over").wait_for()
                board.get_by_text("Oracle").wait_for()
                board.screenshot(path=PICTURE)
                browser.close()
        finally:
            server.terminate()
            server.wait()
    print(f"wrote {PICTURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
