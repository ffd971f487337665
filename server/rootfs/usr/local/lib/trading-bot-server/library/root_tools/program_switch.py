"""Makes the bot run with another release of its program, with a copy of its state: it goes back together with the program.

The bot is off while its state is copied or replaced. What is being done is on the disk before it is begun, so whatever
interrupts it, `finish` ends it: with the old program and the old state, or with the new program and the new state.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from root_tools import bot, copies, files, journal, paths, state_place, state_swap, state_tree, volume_switch
from root_tools.copies import Copy
from root_tools.lock import exclusive
from root_tools.new_release import timed
from root_tools.releases import PREVIOUS, PROVEN, hide_all_but, point, show, target
from root_tools.tool import Failure, report, say

NAME = "trading-bot-program"

# How the links current and previous are being changed, and by which command. It is there until the change is complete.
SWITCHING = paths.PROGRAMS / "switching"
WITHOUT_COPY = (
    "To install the program without a copy of the bot's state: npm run install-bot -- --without-copy FOLDER. A roll-back "
    "then keeps the state, even if the new version has changed it."
)


def install(release: str, with_copy: bool) -> str | None:
    """Makes a release the current one. If the bot doesn't run with it, restores the previous one and returns the reason."""
    replaced, earlier = target(paths.CURRENT_PROGRAM), target(PREVIOUS)
    was_off = replaced is not None and bot.is_off()
    is_again = replaced in (None, release)
    # The program of a bot that was removed from the settings never runs with those of another one.
    restore_to = None if is_again or paths.PROGRAM_UNUSED.exists() else replaced
    if replaced is not None and not is_again:
        refuse_if_it_could_not_start()
        keep_copy_for_installation(replaced, with_copy, stays_off=was_off)
    # From here on, the current release isn't installed completely.
    files.remove(PROVEN)
    # Of the one before a release that is installed again, nothing is known.
    switch_links("reinstall" if restore_to is None else "install", release, earlier if is_again else replaced)
    state_swap.let_bot_start()
    if was_off:
        keep(release, "The bot is off, and stays off until `npm run start`.")
        return None
    return try_release(release, restore_to, earlier)


def refuse_if_it_could_not_start() -> None:
    """Raises Failure if a bot that runs could not be started again after a stop. It goes on with its program."""
    if bot.is_active() and bot.reason_not_to_start() is None:
        bot.check_key()
        if why := bot.reason_not_to_stop():
            raise Failure(f"{why}. The program was not changed")


def keep_copy_for_installation(release: str, with_copy: bool, stays_off: bool) -> None:
    """Raises Failure if there is none, and the bot is as it was before."""
    if not with_copy:
        copies.remove(release)
        return
    try:
        keep_copy(release, stays_off)
    except Failure as failure:
        raise Failure(
            f"the bot's state could not be copied, so the program was not changed: {failure}\n{WITHOUT_COPY}"
        ) from failure


def keep_copy(release: str, stays_off: bool) -> None:
    """Copies the state that a release leaves. A bot that runs is stopped before, and then off."""
    if paths.MOVING.exists() or not state_tree.is_folder(state_place.state()):
        # A state that isn't here yet.
        copies.remove(release)
        return
    # Before the bot is stopped.
    copies.check_room()
    runs = not stays_off and (bot.is_active() or bot.is_starting())
    state_swap.keep_bot_off()
    try:
        if runs:
            report("Stopping the bot")
            bot.stop(commands=None)
        report("Copying the bot's state")
        with timed("copy"):
            made = copies.make(release, release)
    except (Failure, OSError):
        state_swap.let_bot_start()
        if runs:
            start_again()
        raise
    for note in made.notes:
        report(f"  {note}")


def try_release(release: str, restore_to: str | None, earlier: str | None) -> str | None:
    """Starts the bot with the current release. If it doesn't run, restores another one and returns the reason."""
    why = None
    waits_for = bot.reason_not_to_start()
    if waits_for is None:
        report("Starting the bot with it")
        with timed("start"):
            why = bot.restart()
        if why is None:
            point(PROVEN, release)
            result = bot.after_restart("runs with it")
            journal.record(NAME, f"installed {release}, the bot {result}")
            say(f"The release {release} is installed, and the bot {result}.")
            return None
        # The guard checks the key before each start, and may hold the bot.
        waits_for = bot.reason_not_to_start()
    if waits_for is not None:
        keep(release, f"The bot doesn't run: {waits_for}.")
        return None
    if restore_to is None:
        journal.record(NAME, f"installed {release}, the bot doesn't run with it: {why}")
        return f"the bot doesn't run with the release {release}, and there is no other to restore: {why}."
    state = restore(restore_to, earlier, release)
    journal.record(NAME, f"rolled back to {restore_to}{state}: the bot did not run with {release}: {why}")
    now = bot.restart_with_restored()
    return (
        f"the bot did not run with the release {release}: {why}. The previous release, {restore_to}, is restored{state}, {now}."
    )


def keep(release: str, message: str) -> None:
    point(PROVEN, release)
    journal.record(NAME, f"installed {release}")
    say(f"The release {release} is installed. {message}")


def restore(release: str, previous: str | None, failed: str) -> str:
    """Makes a release the current one, with the state that it had left. Returns what was done with that."""
    copy = copies.of_release(release)
    if copy is None:
        switch_links("restore", release, previous)
        return " with the current state, because there is no copy" if state_tree.is_folder(state_place.state()) else ""
    replaced = swap(copy, "restore", failed, release, previous)
    return f" with its state (the one that {failed} has left is kept for 30 days: {replaced})"


def swap(copy: Copy, command: str, replaced: str | None, current: str | None, previous: str | None) -> str:
    """Replaces the state, and the links if there is a release for them. Returns the name of the replaced state."""
    # From the mark on, the bot is off until this is complete.
    state_place.require_room(copy.state)
    begun = state_swap.begin(command, copy, replaced, current, previous)
    finish_swap(begun)
    return begun.replaced


def finish_swap(begun: state_swap.Swap) -> None:
    # Commands share the state. One that writes would write to the replaced one.
    bot.stop(commands=paths.COMMAND)
    state_swap.finish(begun)
    if begun.current is not None:
        switch_links(begun.command, begun.current, begun.previous)
    state_swap.let_bot_start()


def switch_links(command: str, current: str, previous: str | None) -> None:
    """Changes both links. If that is interrupted, the next command finishes it."""
    files.write(SWITCHING, f"{command} {current} {previous or ''}")
    set_links(current, previous)


def set_links(current: str, previous: str | None) -> None:
    show(current)
    point(paths.CURRENT_PROGRAM, current)
    if previous is None:
        files.remove(PREVIOUS)
    else:
        point(PREVIOUS, previous)
    files.remove(paths.PROGRAM_UNUSED)


def switching() -> str | None:
    """The command that changes the links, or was interrupted while it did that."""
    return SWITCHING.read_text(encoding="utf-8").split(" ")[0] if SWITCHING.exists() else None


def is_unfinished() -> bool:
    return SWITCHING.exists() or state_swap.is_unfinished() or paths.STOPPED_FOR_VOLUME.exists()


def finish() -> str | None:
    """Ends what was interrupted. Returns its command; "restore" if a release was rolled back because of that."""
    begun = state_swap.pending()
    if begun is not None:
        if begun.command == "copy":
            # If the program was changed already, SWITCHING has that.
            state_swap.let_bot_start()
        elif begun.command == "volume":
            volume_switch.settle()
            state_swap.let_bot_start()
        else:
            finish_swap(begun)
    command = switching()
    if command is None:
        if not begun and not paths.STOPPED_FOR_VOLUME.exists():
            return None
        start_again()
        files.remove(paths.STOPPED_FOR_VOLUME)
        return begun.command if begun else "volume"
    _, current, previous = SWITCHING.read_text(encoding="utf-8").split(" ")
    set_links(current, previous or None)
    if command in ("install", "reinstall"):
        report(f"An installation of {current} was interrupted, and is finished now")
        restore_to = previous if command == "install" and previous else None
        why = try_release(current, restore_to, earlier=None)
        if why is not None:
            report(why)
            command = "restore" if target(paths.CURRENT_PROGRAM) != current else command
    else:
        start_again()
    complete()
    return command


@contextmanager
def program_lock(tool: str) -> Iterator[None]:
    """For what reads or replaces program and state: nothing changes them meanwhile, and nothing is half done."""
    with exclusive(tool, paths.PROGRAM_LOCK):
        finish_if_interrupted(tool)
        yield


def finish_if_interrupted(tool: str) -> None:
    if is_unfinished():
        with exclusive(tool):
            journal.record(tool, f"finished what was interrupted: {finish()}")


def complete() -> None:
    """The links are as they stay."""
    files.remove(SWITCHING)
    hide_all_but(target(paths.CURRENT_PROGRAM))


def start_again() -> None:
    """Starts the bot after it was stopped for a change that was interrupted."""
    if bot.reason_not_to_start() is None and not bot.is_active():
        bot.start_unwatched()
