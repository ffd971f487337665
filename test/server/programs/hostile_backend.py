"""The code of a hostile source archive. Once it is being built, it waits until the test has let the bot try to reach it.

It asks for a helper, so the first build finds out what is missing, and the second one succeeds.
"""

import os
import time

from look_around import BOT, BUILD, leave_messages, listen, look_around, reach
from wheels import write_wheel

# Its own folder. The test sees it as well.
BUILT = "/opt/trading-bot/built"


def get_requires_for_build_wheel(*_):
    return ["signals"]


def build_wheel(folder, *_):
    import signals

    listeners = listen("build", BUILD)
    leave_messages("build")
    seen = [f"lacks {name}" for name in ("main",) if not hasattr(signals, name)]
    seen += look_around() + reach("bot", BOT)
    for path in ("/opt/trading-bot/releases", "/opt/trading-bot/requirements"):
        if os.path.exists(path):
            seen.append(f"sees {path}")
    open(f"{BUILT}/listens", "w").close()
    while not os.path.exists(f"{BUILT}/tried"):
        time.sleep(0.05)
    del listeners
    return write_wheel(folder, "hostile", "def main():\n    pass\n", {"hostile-seen": "\n".join(["was built", *seen])})
