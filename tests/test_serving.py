"""What a serving process does with its memory."""

import subprocess
import sys

SEVERAL_PICTURES = """
from portal.serving import give_large_buffers_back
{first}

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

before = resident()
for _n in range(3):
    taken = [b"x" * 6_000_000 for _copy in range(3)]
    kept = [bytes(1000) for _small in range(100)]  # what comes after it and stays
    del taken
print(resident() - before)
"""


def growth(first: str) -> int:
    code = SEVERAL_PICTURES.format(first=first)
    return int(subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout)


def test_the_memory_of_a_picture_is_given_back():
    assert growth("give_large_buffers_back()") < 5_000_000
    assert growth("") > 5_000_000, "there is nothing to give back here: is the threshold still needed?"
