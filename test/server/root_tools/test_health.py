"""What the heartbeat says about the server's disk."""

import os
import unittest
from unittest import mock

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

    def test_that_is_read_only_stops_the_heartbeat(self) -> None:
        found = os.statvfs_result((4096, 4096, 1000, 500, 500, 1000, 500, 500, os.ST_RDONLY, 255))
        with (
            mock.patch("root_tools.bot.is_active", return_value=True),
            mock.patch("root_tools.health.run", return_value=mock.Mock(ok=True)),
            mock.patch("root_tools.state_place.is_on_volume", return_value=False),
            mock.patch("os.statvfs", return_value=found),
        ):
            self.assertEqual(health.problem(), "the disk is read-only")


if __name__ == "__main__":
    unittest.main()
