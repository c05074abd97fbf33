"""The rules of our captions, as values. Change them here and nowhere else.

Lengths are letters, as Python counts them. Times are whole milliseconds, as both formats write
them, rounded so that the rule still holds.
"""

from typing import Final

LINE: Final = 42
WIDE_LINE: Final = 16  # a line with Chinese, Japanese or Korean full-width text in it
LINES: Final = 2
SPEED: Final = 20  # letters a second that can be read
LONGEST: Final = 7_000
SHORTEST: Final = 834  # five sixths of a second
GAP: Final = 84  # 2/24 s: two frames of film, and more than two of television at 25
NAME: Final = 24  # of a speaker, where it stands in the line; WIDE_NAME if it is full-width
WIDE_NAME: Final = 8

# A silence this long always ends a cue, whatever has been said. One this long is as good a place
# to cut as a clause's end, and nearly as good where a sentence ends.
SILENCE: Final = 1_500
PAUSE: Final = 800

# A cue stays on up to this much longer rather than leave the screen empty for a moment.
LINGER: Final = 500
# What even a cue that others press upon is given, and how late one may come so that the one
# before it can be read: less in one voice, which would seem out of time, than where people
# interrupt each other.
BLINK: Final = 250
LATE: Final = 1_500
LATE_AFTER_OTHERS: Final = 3_000

# What a cut costs: nothing at a sentence's end, this after a clause, and this within one; after a
# word that leans on the next one (an article, a preposition) so much more; within a name this.
CLAUSE: Final = 2.0
PHRASE: Final = 7.0
LEANING: Final = 4.0
IN_NAME: Final = 60.0
# A cut before a word that leans on what follows is so much cheaper.
BEFORE_LEANING: Final = 1.5
# What a cue costs: any, an almost empty one besides, one that holds a second sentence, a pause of
# a second inside it, one too fast to be read, and each second that is missing for that.
CUE: Final = 4.0
EMPTY: Final = 6.0
SECOND_SENTENCE: Final = 8.0
INNER_PAUSE: Final = 4.0
TOO_FAST: Final = 2.0
MISSING_SECOND: Final = 12.0
# What the break between two lines costs besides its place: lines of which one is less than half
# as long as the other, and a number alone in the second, which parsers take for the next cue's.
UNEVEN: Final = 20.0
LONE_NUMBER: Final = 1_000.0
