"""What the heartbeat says about the server's disk."""

import os
import unittest

from environment import use_library

use_library()

from root_tools import health  # noqa: E402


def disk(blocks: int, free: int, inodes: int, free_inodes: int) -> os.statvfs_result:
    return os.statvfs_result((4096, 4096, blocks, free, free, inodes, free_inodes, free_inodes, 0, 255))


class Disk(unittest.TestCase):
    def test_is_full_with_less_than_a_twentieth_of_its_bytes_or_its_inodes(self) -> None:
        self.assertFalse(health.is_full(disk(1000, 50, 1000, 50)))
        self.assertTrue(health.is_full(disk(1000, 49, 1000, 500)))
        self.assertTrue(health.is_full(disk(1000, 500, 1000, 49)))

    def test_without_a_fixed_number_of_inodes_only_its_bytes_count(self) -> None:
        self.assertFalse(health.is_full(disk(1000, 500, 0, 0)))


if __name__ == "__main__":
    unittest.main()
