"""Plays Breakout with a random policy and writes what an agent would see, for the benchmark of images.

Usage: breakout_frames.py OUT STEPS   (ale-py 0.12 with its ROMs, gymnasium 1.2.2, opencv-python-headless)

Frames are those of gymnasium's AtariPreprocessing: every fourth screen, the larger of the last two, grey, 84 by 84. OUT is
one record of 84 * 84 + 16 bytes a step: the frame that the action was chosen on, then little-endian int64 action, float32
reward, uint8 terminated, uint8 truncated, 2 bytes of nothing. After an end the next record is the first of a new episode.
"""
import struct
import sys

import ale_py
import gymnasium

gymnasium.register_envs(ale_py)
path, steps = sys.argv[1], int(sys.argv[2])
env = gymnasium.wrappers.AtariPreprocessing(gymnasium.make("ALE/Breakout-v5", frameskip=1), noop_max=30)
env.action_space.seed(1)
frame, _ = env.reset(seed=1)
with open(path, "wb") as out:
    for _ in range(steps):
        action = int(env.action_space.sample())
        successor, reward, terminated, truncated, _ = env.step(action)
        out.write(frame.tobytes() + struct.pack("<qfBBxx", action, reward, terminated, truncated))
        frame = env.reset()[0] if terminated or truncated else successor
