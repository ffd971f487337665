"""What the tools that run as root on the server share, and their logic. It needs only Python's standard library.

A tool in /usr/local/sbin or /usr/local/lib/trading-bot-server is a stub of a few lines that calls `main` of its module
here. On the server, `library` is a link to the version that is installed, so that all logic changes in one rename. A
stub resolves that link once, so that no process mixes two versions.

Stubs run with -IB:
-I  no environment variable and no file in the caller's folders can put code into a tool that runs as root;
-B  leaves no compiled copies, which could be taken for the current code after an update.
"""
