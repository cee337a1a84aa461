"""The words Murmur is written in: names, titles, descriptions, comments and searches are put together from these lists.

It holds no names of real people, bands or shows, and no behaviour.
"""

from __future__ import annotations

#: kind -> (share of the catalogue, genres, duration in minutes: median and log sigma)
KINDS = {
    "music": (0.645, ["pop", "indie", "rock", "metal", "folk", "jazz", "classical", "electronic", "hip-hop", "soul",
                      "latin", "piano"], (3.6, 0.25)),
    "podcast": (0.130, ["comedy", "true crime", "science", "history", "business"], (34.0, 0.35)),
    "news": (0.070, ["headlines", "politics", "sport"], (7.0, 0.45)),
    "audiobook": (0.060, ["mystery", "fantasy", "memoir"], (24.0, 0.30)),
    "radio": (0.045, ["talk radio", "chart show", "late show"], (45.0, 0.25)),
    "ambience": (0.050, ["rain", "white noise", "cafe"], (38.0, 0.40)),
}  # fmt: skip
ADS, HELP_CLIPS = 6, 4

FIRST = ("Ada Bela Cori Dara Elin Fenn Gala Hale Ione Jory Kalo Lume Mira Nilo Orla Perrin Quill Runa Soren Tavi Ulma "
         "Vesa Wren Yara Zeno Brio Calla Dov Esme Falco").split()  # fmt: skip
SECOND = ("Abrin Bellow Cask Dunmar Esker Farrow Glint Hollin Ivesk Jarrow Kestrin Lorne Marrok Nettle Ostrin Pell "
          "Quarro Rook Sallow Tarn Umber Vantel Wick Yarrow Zell Brack Corvane Dray Elmet Fjorn").split()  # fmt: skip
BAND_FIRST = ("Amber Broken Copper Distant Electric Faded Gentle Hidden Idle Jagged Kind Little Marble Nightly Open "
              "Patient Quiet Restless Silver Tidal Upper Velvet Wandering Yellow").split()  # fmt: skip
BAND_SECOND = ("Antennas Bakers Cartographers Divers Engines Ferries Gardeners Harbours Islands Janitors Kettles "
               "Ladders Meadows Notaries Orchards Pilots Quarries Rivers Sparrows Tailors Umbrellas Voyagers "
               "Windows Zeppelins").split()  # fmt: skip
SHOW = ("The {} Hour", "{} in Brief", "After {}", "{} and Company", "Plain {}", "The {} Desk")
TITLE_FIRST = ("After Almost Another Before Beneath Beyond Every First Half Last Long Lost Low Near New No Old One "
               "Over Paper Quiet Slow Small Some Soft Still Third Under Until Winter").split()  # fmt: skip
TITLE_SECOND = ("Answer Balcony Bridge Candle Compass Corner Daylight Echo Ember Evening Garden Harvest Horizon "
                "Kitchen Lantern Letter Map Mirror Morning Moon Ocean Orbit Passage Photograph Platform "
                "Postcard Promise Rain Road Room Shadow Shore Signal Skyline Snow Station Stone Story "
                "Summer Tower Train Valley Voice Window").split()  # fmt: skip

#: What a description says of the eleven directions of a track's vector that sound does not show:
#: two words for each end of each direction.
SCENE_WORDS = (
    (("handmade", "rough"), ("polished", "glossy")),
    (("nostalgic", "retro"), ("futuristic", "modern")),
    (("intimate", "close"), ("grand", "epic")),
    (("playful", "witty"), ("serious", "solemn")),
    (("rural", "pastoral"), ("urban", "metropolitan")),
    (("dreamy", "hazy"), ("crisp", "precise")),
    (("rebellious", "raw"), ("gracious", "polite")),
    (("northern", "wintry"), ("southern", "sunlit")),
    (("minimal", "sparse"), ("layered", "lush")),
    (("traditional", "rooted"), ("experimental", "curious")),
    (("romantic", "tender"), ("ironic", "deadpan")),
)
DESCRIPTION = (
    ("A {0}, {1} {kind} by {creator}, {2} to the end.", "{0} and {1}: {creator} at their most {2}.",
     "{creator} keep it {0}, then {1}, never less than {2}.", "For a {0} hour: {1}, {2} {genre}.")
)  # fmt: skip
KIND_NOUN = {"music": "track", "podcast": "episode", "news": "bulletin", "audiobook": "chapter", "radio": "show",
             "ambience": "soundscape"}  # fmt: skip

POSITIVE = (
    "love lovely great perfect beautiful calm happy favourite good nice wonderful best fresh warm"
).split()
NEGATIVE = ("hate boring bad awful annoying dull worst noise tired sad terrible loud slow repetitive").split()
#: mood -> wording -> templates; {p} a positive word, {n} a negative one, {w} the genre
COMMENTS = {
    ("positive", "plain"): ("{p}, really {p2}", "so {p}", "{p} {w}", "this is {p}", "what a {p} start to the day",
                            "{p} from the first minute", "again and again: {p}"),
    ("positive", "negated"): ("not {n} at all", "never {n}", "not a {n} minute", "no longer {n}, this one"),
    ("positive", "sarcastic"): ("bad habit: on repeat all week", "I hate how much I want to hear it again"),
    ("negative", "plain"): ("{n}", "{n} and {n2}", "so {n}", "{n} {w}, switched off", "this got {n} quickly",
                            "too {n} for me"),
    ("negative", "negated"): ("not {p}", "never {p}, this one", "not so {p} this time", "hardly {p}"),
    ("negative", "sarcastic"): ("oh great, the same {w} again", "wonderful, my ears hurt",
                                "perfect if you want to sleep at work"),
    ("neutral", "plain"): ("heard it on the train", "who is this", "part two next week", "first time here",
                           "playing it in the kitchen", "{w} on a Monday"),
}  # fmt: skip
MOODS = ("positive", "negative", "neutral")
WORDINGS = ("plain", "negated", "sarcastic")
