"""What the tools that run as root on the server share. Only Python's standard library: nothing is downloaded for it.

The tools in /usr/local/sbin and beside this folder are a few lines each that call `main` of a module here, so that one
delivery replaces all their logic at once. They run with -IB:
-I  no environment variable and no file in the caller's folders can put code into a tool that runs as root;
-B  leaves no compiled copies, which could be taken for the current code after an update.
"""
