"""Words that belong to the next one, so that a cut after them reads badly; in lower case."""

import re
from typing import Final

_WORD: Final = re.compile(r"\w+")

# Of persons, with or without their full stop, which ends no sentence.
TITLES: Final = frozenset(
    _WORD.findall("mr mrs ms dr prof st sr sra mme mlle hr fr rev gen col capt lt sgt")
)
# Articles, prepositions, conjunctions and the like: English, German, French, Spanish, Italian,
# Portuguese. What is missing here is cut by its punctuation and pauses alone.
LEANING: Final = frozenset(
    _WORD.findall("""
    a an the and but or nor so yet if as at by for from in into of off on onto out over than to up
    upon with without about after before between through under until till since because although
    though while when where who whom whose which that what how why is are was were be been am has
    have had do does did can could may might must shall should will would not no my your his its
    our their this these those every each some any very rather i he she we they

    der die das den dem des ein eine einen einem einer und oder aber im am zu zum zur mit von vom
    auf für bei aus nach dass weil wenn

    le la les un une des du de et ou mais à au aux dans par pour sur avec sans que qui

    el los las una y o pero del al en con sin por para

    il lo gli i uno e di da nel nella su per tra che

    os um uma dos das na nos nas em ao pelo pela
    """)
)
