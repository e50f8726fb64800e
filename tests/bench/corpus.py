#!/usr/bin/env python3
"""Makes the corpora that compare.sh takes, always the same for the same machine and size.

    corpus.py usr   DIR [BYTES]   folders of /usr in the order of a hash of their names (3.5 GB)
    corpus.py small DIR [COUNT]   small files of words in folders of 100 (200,000)
    corpus.py image DIR [BYTES]   one file, a third each of words, bytes that do not shrink, a pattern (4 GB)
    corpus.py noise DIR [BYTES]   four files of bytes that do not shrink (4 GB)
    corpus.py place DIR           changes 1 % of the image in place, in stretches of 1 MiB
    corpus.py shift DIR           inserts a few bytes into the image at 40 places
"""
import hashlib
import os
import random
import shutil
import subprocess
import sys

MIB = 1 << 20
WORDS = [hashlib.md5(b"%d" % i).hexdigest()[: 2 + i % 9].encode() for i in range(4096)]


class Noise:
    """AES-CTR of zeros: bytes that do not shrink, quickly and always the same."""

    def __init__(self, seed):
        key = hashlib.md5(seed.encode()).hexdigest()
        self.child = subprocess.Popen(
            ["openssl", "enc", "-aes-128-ctr", "-K", key, "-iv", "0" * 32, "-in", "/dev/zero"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def take(self, length):
        return self.child.stdout.read(length)

    def close(self):
        self.child.kill()
        self.child.stdout.close()
        self.child.wait()


def text(dice, length):
    words = []
    have = 0
    while have < length:
        word = WORDS[min(int(dice.expovariate(0.004)), len(WORDS) - 1)]
        words.append(word)
        have += len(word) + 1
    return b" ".join(words)[:length]


def make_usr(target, size=3500 * 1000 * 1000):
    folders = []
    for folder, _, names in os.walk("/usr"):
        if names:
            folders.append(folder)
    folders.sort(key=lambda f: hashlib.sha256(os.fsencode(f)).digest())
    left = size
    for folder in folders:
        to = os.path.join(target, os.path.relpath(folder, "/usr"))
        os.makedirs(to, exist_ok=True)
        for name in sorted(os.listdir(folder)):
            source = os.path.join(folder, name)
            if os.path.islink(source):
                os.symlink(os.readlink(source), os.path.join(to, name))
            elif os.path.isfile(source) and os.access(source, os.R_OK):
                shutil.copy2(source, os.path.join(to, name))
                left -= os.path.getsize(source)
        if left <= 0:
            return


def make_small(target, count=200000):
    dice = random.Random(1)
    words = text(dice, 8 * MIB)
    for i in range(count):
        if i % 100 == 0:
            folder = os.path.join(target, "%02d" % (i // 10000), "%04d" % (i // 100))
            os.makedirs(folder)
        length = min(int(dice.expovariate(1 / 3000)), 60000)
        start = dice.randrange(len(words) - length)
        with open(os.path.join(folder, "%06d.txt" % i), "wb") as out:
            out.write(b"%d\n" % i + words[start : start + length])


def make_image(target, size=4000 * MIB):
    dice = random.Random(2)
    noise = Noise("image")
    words = text(dice, 16 * MIB)
    with open(os.path.join(target, "disk.img"), "wb") as out:
        while out.tell() < size:
            length = dice.randrange(16, 1024) * 4096
            kind = dice.randrange(3)
            if kind == 0:
                start = dice.randrange(len(words) - length)
                out.write(words[start : start + length])
            elif kind == 1:
                out.write(noise.take(length))
            else:
                out.write((b"%016d" % dice.randrange(10**16)) * (length // 16))
        out.truncate(size)
    noise.close()


def make_noise(target, size=4000 * MIB):
    noise = Noise("noise")
    for i in range(4):
        with open(os.path.join(target, "noise-%d" % i), "wb") as out:
            left = size // 4
            while left > 0:
                data = noise.take(min(left, MIB))
                out.write(data)
                left -= len(data)
    noise.close()


def change_place(target):
    path = os.path.join(target, "disk.img")
    dice = random.Random(3)
    noise = Noise("place")
    size = os.path.getsize(path)
    with open(path, "r+b") as out:
        for _ in range(size // 100 // MIB):
            out.seek(dice.randrange((size - MIB) // 4096) * 4096)
            out.write(noise.take(MIB))
    noise.close()


def change_shift(target):
    path = os.path.join(target, "disk.img")
    dice = random.Random(4)
    size = os.path.getsize(path)
    places = sorted(dice.randrange(size) for _ in range(40))
    with open(path, "rb") as old, open(path + ".new", "wb") as out:
        for place in places + [size]:
            left = place - old.tell()
            while left > 0:
                data = old.read(min(left, MIB))
                out.write(data)
                left -= len(data)
            if place < size:
                out.write(b"inserted" * dice.randrange(1, 1000))
    os.replace(path + ".new", path)


def main():
    makers = {"usr": make_usr, "small": make_small, "image": make_image, "noise": make_noise,
              "place": change_place, "shift": change_shift}
    if len(sys.argv) not in (3, 4) or sys.argv[1] not in makers:
        sys.exit(__doc__)
    os.makedirs(sys.argv[2], exist_ok=True)
    makers[sys.argv[1]](sys.argv[2], *[int(argument) for argument in sys.argv[3:]])


main()
