"""A bot that was tampered with: on SIGUSR1, it tries to reach a package that is being built."""

import signal

from look_around import BOT, BUILD, leave_messages, listen, reach


def attack(*_):
    print("tried:", *reach("build", BUILD), flush=True)


signal.signal(signal.SIGUSR1, attack)
listeners = listen("bot", BOT)
leave_messages("bot")
print("the tampered bot runs", flush=True)
while True:
    signal.pause()
