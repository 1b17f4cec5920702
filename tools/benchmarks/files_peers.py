"""What others take to write and load 1,000,000 CartPole transitions, the same that one of our files holds, as JSON.

Usage: files_peers.py savez|blosc2|pickle|rllib FILE FOLDER

Every file is written and synced; every load is of a file that was just written. Needs zstandard, msgpack, msgpack_numpy and
numpy to read our file, and blosc2, stable-baselines3 2.9, or ray[rllib] 2.60.0 with ormsgpack.
"""
import json
import os
import pathlib
import pickle
import sys
import time

import numpy


def columns(path):
    """The columns of a file of rlbuf as arrays."""
    import msgpack
    import msgpack_numpy
    import zstandard

    content = zstandard.ZstdDecompressor().stream_reader(open(path, "rb"), read_across_frames=True)
    records = msgpack.Unpacker(content, object_hook=msgpack_numpy.decode, strict_map_key=False, max_buffer_size=1 << 30)
    groups = [record["columns"] for record in records if record["kind"] == "rows"]
    return {name: numpy.concatenate([group[name] for group in groups]) for name in groups[0]}


def timed(body):
    start = time.perf_counter()
    result = body()
    return time.perf_counter() - start, result


def written(path, pieces):
    """Writes and syncs."""
    with open(path, "wb") as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return os.path.getsize(path)


def savez(arrays, folder):
    def save():
        with open(folder / "x.npz", "wb") as file:
            numpy.savez_compressed(file, **arrays)
            file.flush()
            os.fsync(file.fileno())

    seconds, _ = timed(save)
    return {"seconds": seconds, "bytes": os.path.getsize(folder / "x.npz")}


def blosc2(arrays, folder):
    import blosc2 as b2

    def save():
        pieces = [
            b2.compress2(numpy.ascontiguousarray(array), codec=b2.Codec.ZSTD, clevel=1, filters=[b2.Filter.SHUFFLE],
                         nthreads=2, typesize=array.dtype.itemsize)
            for array in arrays.values()
        ]
        return written(folder / "x.b2", pieces)

    save()
    seconds, size = timed(save)
    return {"seconds": seconds, "bytes": size}


def pickled(arrays, folder):
    """stable-baselines3's buffer, saved as it saves it; loaded by a process of its own, as a restore is."""
    from gymnasium.spaces import Box, Discrete
    from stable_baselines3.common.buffers import ReplayBuffer
    from stable_baselines3.common.save_util import save_to_pkl

    count = len(arrays["rewards"])
    buffer = ReplayBuffer(count, Box(-1, 1, (4,), numpy.float32), Discrete(2), device="cpu")
    buffer.observations[:, 0], buffer.next_observations[:, 0] = arrays["obs"], arrays["new_obs"]
    buffer.actions[:, 0, 0], buffer.rewards[:, 0] = arrays["actions"], arrays["rewards"]
    buffer.dones[:, 0], buffer.timeouts[:, 0] = arrays["terminateds"] | arrays["truncateds"], arrays["truncateds"]
    buffer.full = True
    save_to_pkl(str(folder / "x.pkl"), buffer)
    return {"bytes": os.path.getsize(folder / "x.pkl")}


def load_pickle(folder):
    import stable_baselines3.common.buffers  # noqa: F401, what a restore has imported before

    with open(folder / "x.pkl", "rb") as file:
        seconds, _ = timed(lambda: pickle.load(file))
    return {"seconds": seconds}


def rllib(arrays, folder):
    """The recipe of RLlib's users, and back: `unpackb` and `set_state`."""
    os.environ["RAY_AUTH_MODE"] = "disabled"
    import ormsgpack
    import zstandard
    from ray.rllib.env.single_agent_episode import SingleAgentEpisode
    from ray.rllib.utils.replay_buffers import PrioritizedEpisodeReplayBuffer

    buffer = PrioritizedEpisodeReplayBuffer(capacity=len(arrays["rewards"]))
    ends = numpy.flatnonzero(arrays["terminateds"] | arrays["truncateds"]) + 1
    first = 0
    for end in [*ends, len(arrays["rewards"])]:
        if end == first:
            continue
        last = end - 1
        buffer.add(SingleAgentEpisode(
            observations=[*arrays["obs"][first:end], arrays["new_obs"][last]], actions=list(arrays["actions"][first:end]),
            rewards=list(arrays["rewards"][first:end]), terminated=bool(arrays["terminateds"][last]),
            truncated=bool(arrays["truncateds"][last]), len_lookback_buffer=0))
        first = end
    state_seconds, state = timed(buffer.get_state)
    pack_seconds, packed = timed(lambda: ormsgpack.packb(
        state, option=ormsgpack.OPT_SERIALIZE_NUMPY | ormsgpack.OPT_NON_STR_KEYS))
    write_seconds, size = timed(lambda: written(folder / "x.zst", [zstandard.ZstdCompressor(3).compress(packed)]))
    del packed, state
    unpack_seconds, state = timed(lambda: ormsgpack.unpackb(
        zstandard.ZstdDecompressor().decompress((folder / "x.zst").read_bytes()), option=ormsgpack.OPT_NON_STR_KEYS))

    def set_state():
        # RLlib 2.60 may stop at its own lists; what it took until then counts.
        try:
            PrioritizedEpisodeReplayBuffer(capacity=len(arrays["rewards"])).set_state(state)
            return True
        except Exception as error:
            return str(error)

    set_seconds, was_set = timed(set_state)
    return {
        "seconds": state_seconds + pack_seconds + write_seconds, "bytes": size,
        "stall_seconds": state_seconds + pack_seconds, "load_seconds": unpack_seconds + set_seconds, "was_set": was_set,
    }


if __name__ == "__main__":
    peer, path, folder = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3])
    if peer == "load-pickle":
        print(json.dumps(load_pickle(folder)))
    else:
        peers = {"savez": savez, "blosc2": blosc2, "pickle": pickled, "rllib": rllib}
        print(json.dumps(peers[peer](columns(path), folder)))
