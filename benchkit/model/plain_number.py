"""A number as people read it: `significant` digits, thousands separated, never an exponent.

Format specifications ending in `g` write 1.79e+03 and 1e-05, so no sentence and no table uses them.
"""

from __future__ import annotations

import math


def significant(value: float, digits: int = 6, *, separator: str = ",") -> str:
    """Rounded after the decimal point only, without trailing zeros: 1,793 · 18.4 · 0.00012 · 60.

    NaN is –: it is not known. `separator` is empty in names, which do not change.
    """
    if math.isnan(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    places = 0 if value == 0 else max(0, digits - 1 - math.floor(math.log10(abs(value))))
    text = f"{value:,.{places}f}".replace(",", separator)
    return text.rstrip("0").rstrip(".") if places else text
