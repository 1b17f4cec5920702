"""What other replay buffers take, in microseconds a call, as one JSON object.

Usage: buffers_peers.py cpprb|sb3|rllib ROWS
"""
import json
import os
import statistics
import sys
import time

import numpy

SHAPES = {
    "obs": ((4,), numpy.float32), "next_obs": ((4,), numpy.float32), "act": ((), numpy.int64),
    "rew": ((), numpy.float32), "term": ((), numpy.uint8), "trunc": ((), numpy.uint8),
}


def microseconds(body, calls):
    """The median of 9 rounds, per call."""
    rounds = []
    for _ in range(9):
        start = time.perf_counter()
        for _ in range(calls):
            body()
        rounds.append((time.perf_counter() - start) / calls)
    return statistics.median(rounds) * 1e6


def rows(count):
    random = numpy.random.default_rng(1)
    return {name: random.integers(0, 2, (count, *shape)).astype(kind) for name, (shape, kind) in SHAPES.items()}


def cpprb(count):
    from cpprb import PrioritizedReplayBuffer, ReplayBuffer

    columns = {name: {"shape": shape or (1,), "dtype": kind} for name, (shape, kind) in SHAPES.items()}
    uniform, prioritized = ReplayBuffer(count, columns), PrioritizedReplayBuffer(count, columns, alpha=0.6)
    for buffer in (uniform, prioritized):
        for _ in range(0, count, 10_000):
            buffer.add(**rows(10_000))

    def update(size, priorities):
        sample = prioritized.sample(size, 0.4)
        prioritized.update_priorities(sample["indexes"], priorities)

    figures = {}
    for size in (32, 256):
        priorities = numpy.random.default_rng(2).random(size)
        figures[f"uniform_{size}"] = microseconds(lambda: uniform.sample(size), 32_000 // size)
        figures[f"prioritized_{size}"] = microseconds(lambda: update(size, priorities), 32_000 // size)
    one, many = rows(1), rows(1000)
    one = {name: column[0] for name, column in one.items()}
    figures["add_1"] = microseconds(lambda: uniform.add(**one), 1000)
    figures["add_1000"] = microseconds(lambda: uniform.add(**many), 100)
    return figures


def sb3(count):
    from gymnasium.spaces import Box, Discrete
    from stable_baselines3.common.buffers import ReplayBuffer

    buffer = ReplayBuffer(count, Box(-1, 1, (4,), numpy.float32), Discrete(2), device="cpu")
    observation, action = numpy.zeros((1, 4), numpy.float32), numpy.zeros((1, 1), numpy.int64)
    reward, done = numpy.ones(1, numpy.float32), numpy.zeros(1, bool)
    return {"add_1": microseconds(lambda: buffer.add(observation, observation, action, reward, done, [{}]), 1000)}


def rllib(count):
    os.environ["RAY_AUTH_MODE"] = "disabled"
    from ray.rllib.env.single_agent_episode import SingleAgentEpisode
    from ray.rllib.utils.replay_buffers import EpisodeReplayBuffer, PrioritizedEpisodeReplayBuffer

    figures = {}
    for name, buffer in (
        ("uniform", EpisodeReplayBuffer(capacity=count)),
        ("prioritized", PrioritizedEpisodeReplayBuffer(capacity=count, alpha=0.6)),
    ):
        for _ in range(count // 200):
            observations = list(numpy.zeros((201, 4), numpy.float32))
            buffer.add([
                SingleAgentEpisode(
                    observations=observations, actions=[0] * 200, rewards=[1.0] * 200, terminated=True,
                    len_lookback_buffer=0)
            ])
        for size in (32, 256):

            def call():
                if name == "uniform":
                    buffer.sample(size, sample_episodes=True, n_step=1)
                else:
                    buffer.sample(size, n_step=1, beta=0.4)
                    buffer.update_priorities(numpy.full(size, 0.5))

            figures[f"{name}_{size}"] = microseconds(call, 5)
    return figures


print(json.dumps({"cpprb": cpprb, "sb3": sb3, "rllib": rllib}[sys.argv[1]](int(sys.argv[2]))))
