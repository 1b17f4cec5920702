"""Times training of the peers on CartPole-v1: environment steps per second, one thread.

Usage: training_peers.py sb3|rllib|ppo|sampling STEPS   (stable-baselines3 2.9, ray[rllib] 2.60.0, gymnasium 1.2.2, torch on the CPU)

sb3 and rllib are plain DQN with one update a step: batch 32, network (256, 256) with ReLU, buffer of 50,000, uniform sampling, neither double nor dueling, n-step 1. The clock runs
over at least STEPS environment steps with an update each; imports, set-up, the steps before learning starts and WARM_UP more lie
before it. ppo is RLlib's PPO with its defaults on the local runner, sampling what that runner does alone. RLlib is timed by whole iterations of 1,000 steps, its default. Prints one line of JSON, in which `steps` are those timed:
{"peer", "steps", "updates", "seconds", "steps_per_second"}.
"""

import json
import logging
import os
import sys
import time

# Read by torch and numpy as they are loaded: below, and not before.
os.environ.update(OMP_NUM_THREADS="1", MKL_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1", CUDA_VISIBLE_DEVICES="")
os.environ.update(RAY_AUTH_MODE="disabled", RAY_DEDUP_LOGS="0", PYTHONWARNINGS="ignore")

BATCH, NETWORK, CAPACITY, LEARNING_STARTS, WARM_UP = 32, [256, 256], 50_000, 100, 1000


def stable_baselines3(steps):
    """Steps, updates and seconds, timed by a callback at the first step and the last."""
    from stable_baselines3 import DQN
    from stable_baselines3.common.callbacks import BaseCallback

    first, last = LEARNING_STARTS + WARM_UP, LEARNING_STARTS + WARM_UP + steps
    marks = {}

    class Clock(BaseCallback):
        def _on_step(self):
            if self.num_timesteps in (first, last):
                marks[self.num_timesteps] = self.model._n_updates, time.perf_counter()
            return True

    model = DQN("MlpPolicy", "CartPole-v1", learning_rate=5e-4, buffer_size=CAPACITY, learning_starts=LEARNING_STARTS,
                batch_size=BATCH, gamma=0.99, train_freq=1, gradient_steps=1, target_update_interval=500,
                max_grad_norm=40.0, policy_kwargs={"net_arch": NETWORK}, seed=0, device="cpu", verbose=0)
    model.learn(last, callback=Clock(), log_interval=None)
    return steps, marks[last][0] - marks[first][0], marks[last][1] - marks[first][1]


def rllib(steps):
    """Steps, updates and seconds of as many calls of `train()` as hold so many steps."""
    import ray
    from ray.rllib.algorithms.dqn import DQNConfig
    from ray.rllib.core.rl_module.default_model_config import DefaultModelConfig

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    config = (
        DQNConfig()
        .environment("CartPole-v1")
        .env_runners(num_env_runners=0, rollout_fragment_length=1)
        .learners(num_learners=0)
        .training(
            lr=5e-4, gamma=0.99, train_batch_size=BATCH, n_step=1, double_q=False, dueling=False, num_atoms=1,
            num_steps_sampled_before_learning_starts=LEARNING_STARTS, target_network_update_freq=500,
            replay_buffer_config={"type": "EpisodeReplayBuffer", "capacity": CAPACITY})
        .rl_module(model_config=DefaultModelConfig(fcnet_hiddens=NETWORK, fcnet_activation="relu"))
        .debugging(seed=0, log_level="ERROR")
    )
    algorithm = config.build_algo()
    torch.set_num_threads(1)
    before = train(algorithm, LEARNING_STARTS + WARM_UP)
    start = time.perf_counter()
    after = train(algorithm, before[0] + steps)
    seconds = time.perf_counter() - start
    algorithm.stop()
    ray.shutdown()
    return after[0] - before[0], after[1] - before[1], seconds


def ppo_algorithm():
    """RLlib's PPO with its defaults but for the runners: the local one alone."""
    import ray
    from ray.rllib.algorithms.ppo import PPOConfig

    ray.init(num_cpus=1, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    config = (
        PPOConfig()
        .environment("CartPole-v1")
        .env_runners(num_env_runners=0)
        .learners(num_learners=0)
        .debugging(seed=0, log_level="ERROR")
    )
    algorithm = config.build_algo()
    torch.set_num_threads(1)
    return algorithm


def rllib_ppo(steps):
    """Steps, 0 and seconds of as many calls of `train()` as hold so many steps, behind a first one."""
    algorithm = ppo_algorithm()
    first = algorithm.train()["num_env_steps_sampled_lifetime"]
    start, sampled = time.perf_counter(), first
    while sampled < first + steps:
        sampled = algorithm.train()["num_env_steps_sampled_lifetime"]
    return round(sampled - first), 0, time.perf_counter() - start


def rllib_sampling(steps):
    """Steps, 0 and seconds of the runner's `sample()`, behind a first one."""
    runner = ppo_algorithm().env_runner
    runner.sample(num_timesteps=500)
    start = time.perf_counter()
    sampled = sum(len(episode) for episode in runner.sample(num_timesteps=steps))
    return sampled, 0, time.perf_counter() - start


def train(algorithm, steps):
    """Iterates until so many steps were sampled in all; steps and updates since the beginning."""
    sampled = trained = 0
    while sampled < steps:
        result = algorithm.train()
        sampled = result["num_env_steps_sampled_lifetime"]
        trained = result["learners"]["default_policy"]["num_module_steps_trained_lifetime"]
    return round(sampled), round(trained / BATCH)


PEERS = {"sb3": stable_baselines3, "rllib": rllib, "ppo": rllib_ppo, "sampling": rllib_sampling}
if len(sys.argv) != 3 or sys.argv[1] not in PEERS or not sys.argv[2].isdigit() or sys.argv[2] == "0":
    print(__doc__, file=sys.stderr)
    sys.exit(64)
import torch

torch.set_num_threads(1)
steps, updates, seconds = PEERS[sys.argv[1]](int(sys.argv[2]))
print(json.dumps({"peer": sys.argv[1], "steps": steps, "updates": updates, "seconds": round(seconds, 3),
                  "steps_per_second": round(steps / seconds, 1)}), flush=True)
