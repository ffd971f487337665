"""Tries what attacks need. Prints for each whether the sandbox around it permits it."""

import ctypes
import mmap
import os
import socket

LIBC = ctypes.CDLL(None, use_errno=True)
# Their numbers on x86-64.
SYSTEM_CALLS = {
    "memfd_create": 319,
    "memfd_secret": 447,
    "userfaultfd": 323,
    "io_uring_setup": 425,
    "io_setup": 206,
    "pidfd_getfd": 438,
    "ptrace": 101,
}


def attempt(name, call):
    try:
        call()
        print(name, "permitted")
    except OSError as error:
        print(name, os.strerror(error.errno))


def system_call(number):
    if LIBC.syscall(number, 0, 0, 0, 0) == -1:
        raise OSError(ctypes.get_errno(), "")


def stream(protocol):
    socket.socket(socket.AF_INET, socket.SOCK_STREAM, protocol).close()


for name, number in SYSTEM_CALLS.items():
    attempt(name, lambda: system_call(number))
for family in (socket.AF_INET6, socket.AF_VSOCK, socket.AF_PACKET, socket.AF_NETLINK):
    attempt(family.name, lambda: socket.socket(family, socket.SOCK_DGRAM).close())
attempt("MPTCP", lambda: stream(socket.IPPROTO_MPTCP))
attempt("terminal", lambda: os.open("/dev/ptmx", os.O_RDWR))
attempt("memory for code", lambda: mmap.mmap(-1, 4096, prot=mmap.PROT_WRITE | mmap.PROT_EXEC))
