/// The Python side: a program that serves one environment.
///
/// Descriptor 0 is a socket; a message is its length (unsigned, 32 bits, little-endian) and a MessagePack map, arrays
/// in msgpack-numpy's form. Each request has one answer; `error` and `kind` stand in the answer to what failed:
/// "missing" (gymnasium), "space" (one that is not served) or "failed" (an exception).
///
/// | request | answer |
/// | --- | --- |
/// | `call` "make", `id`, `arguments` | `observation_space`, `action_space` (as `Space.state`), versions |
/// | `call` "reset", `seed` or nil | `observation` |
/// | `call` "step", `action` | `observation`, `reward`, `terminated`, `truncated` |
/// | `call` "close" | an empty map, then the program ends |
///
/// The versions are `python` and `gymnasium`. It speaks MessagePack by itself, so that nothing but gymnasium, which
/// brings numpy, has to be installed: two dozen lines each way, instead of a second path for machines without Python's
/// msgpack. What the environment prints goes to standard error, the traceback of an exception too. It ends as soon as
/// the other end of the socket is closed, in the middle of a step too, so that nothing is left running when the parent
/// dies.
enum GymnasiumServer {
  /// The program, as the argument of `python3 -c`.
  static let program = beginning + messagePack + spaces + serving

  /// What it needs of Python itself, and the thread that ends it.
  static let beginning = #"""
    import os, platform, select, struct, sys, threading, traceback

    # Nobody but this program may hold the socket or read from it: what the environment starts gets an empty input.
    channel = os.dup(0)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)


    def end_with_parent():
        watch = select.poll()
        watch.register(channel, 0)
        watch.poll()
        os._exit(1)


    threading.Thread(target=end_with_parent, daemon=True).start()


    """#

  private static let messagePack = #"""
    def pack(value):
        if value is None:
            return b"\xc0"
        if isinstance(value, bool):
            return b"\xc3" if value else b"\xc2"
        if isinstance(value, int):
            return struct.pack(">Bq", 0xD3, value)
        if isinstance(value, float):
            return struct.pack(">Bd", 0xCB, value)
        if isinstance(value, str):
            data = value.encode("utf-8", "replace")
            return struct.pack(">BI", 0xDB, len(data)) + data
        if isinstance(value, bytes):
            return struct.pack(">BI", 0xC6, len(value)) + value
        if isinstance(value, (list, tuple)):
            return struct.pack(">BI", 0xDD, len(value)) + b"".join(map(pack, value))
        if isinstance(value, dict):
            packed = b"".join(pack(key) + pack(each) for key, each in value.items())
            return struct.pack(">BI", 0xDF, len(value)) + packed
        if isinstance(value, numpy.ndarray):
            return pack({b"nd": True, b"type": value.dtype.str, b"kind": b"", b"shape": value.shape,
                         b"data": value.tobytes()})
        raise TypeError(f"cannot send a {type(value).__name__}")


    NUMBERS = {0xCA: ">f", 0xCB: ">d", 0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xD0: ">b", 0xD1: ">h",
               0xD2: ">i", 0xD3: ">q"}
    LENGTHS = {0xC4: ("bin", ">B"), 0xC5: ("bin", ">H"), 0xC6: ("bin", ">I"), 0xD9: ("str", ">B"),
               0xDA: ("str", ">H"), 0xDB: ("str", ">I"), 0xDC: ("list", ">H"), 0xDD: ("list", ">I"),
               0xDE: ("map", ">H"), 0xDF: ("map", ">I")}


    class Unpacker:
        def __init__(self, data):
            self.data, self.place = data, 0

        def take(self, count):
            self.place += count
            return self.data[self.place - count:self.place]

        def number(self, form):
            return struct.unpack(form, self.take(struct.calcsize(form)))[0]

        def value(self):
            tag = self.take(1)[0]
            if tag < 0x80 or tag >= 0xE0:
                return tag if tag < 0x80 else tag - 256
            if tag in NUMBERS:
                return self.number(NUMBERS[tag])
            if tag in LENGTHS:
                kind, form = LENGTHS[tag]
                return self.container(kind, self.number(form))
            if tag < 0xC0:
                return self.container("str", tag & 31) if tag >= 0xA0 else self.container(
                    "list" if tag >= 0x90 else "map", tag & 15)
            return {0xC0: None, 0xC2: False, 0xC3: True}[tag]

        def container(self, kind, count):
            if kind == "bin":
                return self.take(count)
            if kind == "str":
                return self.take(count).decode()
            if kind == "list":
                return [self.value() for _ in range(count)]
            map = {}
            for _ in range(count):
                key = self.value()
                map[key] = self.value()
            if b"nd" not in map:
                return map
            array = numpy.frombuffer(map[b"data"], map[b"type"])
            return array.reshape(map[b"shape"]).copy()


    """#

  private static let spaces = #"""
    class Unsupported(Exception):
        pass


    def box(type, shape, low, high):
        low, high = (numpy.broadcast_to(each, shape).astype(numpy.float64).ravel() for each in (low, high))
        return {"kind": "box", "type": numpy.dtype(type).str, "shape": shape, "low": low, "high": high}


    def describe(space):
        if isinstance(space, gymnasium.spaces.Discrete):
            return {"kind": "discrete", "count": int(space.n), "start": int(space.start)}
        if isinstance(space, gymnasium.spaces.Box):
            return box(space.dtype, space.shape, space.low, space.high)
        if isinstance(space, gymnasium.spaces.MultiBinary):
            return box(space.dtype, space.shape, 0, 1)
        if isinstance(space, gymnasium.spaces.MultiDiscrete):
            return box(space.dtype, space.shape, space.start, space.start + space.nvec - 1)
        raise Unsupported(f"{type(space).__name__}")


    """#

  private static let serving = #"""
    def receive(count):
        parts = []
        while count > 0:
            part = os.read(channel, min(count, 1 << 20))
            if not part:
                sys.exit(1)
            parts.append(part)
            count -= len(part)
        return b"".join(parts)


    def send(message):
        data = pack(message)
        data = memoryview(struct.pack("<I", len(data)) + data)
        while data:
            data = data[os.write(channel, data):]


    def make(request):
        global environment
        if request["id"].startswith("ALE/"):
            # Gymnasium knows Atari's games only once this is imported.
            import ale_py
            gymnasium.register_envs(ale_py)
        environment = gymnasium.make(request["id"], **request["arguments"])
        return {"observation_space": describe(environment.observation_space),
                "action_space": describe(environment.action_space),
                "python": platform.python_version(), "gymnasium": gymnasium.__version__}


    def observed(observation):
        return numpy.asarray(observation, environment.observation_space.dtype)


    def reset(request):
        observation, _ = environment.reset(seed=request["seed"])
        return {"observation": observed(observation)}


    def step(request):
        action = request["action"]
        if isinstance(environment.action_space, gymnasium.spaces.Discrete):
            action = environment.action_space.dtype.type(action)
        observation, reward, terminated, truncated, _ = environment.step(action)
        return {"observation": observed(observation), "reward": float(reward), "terminated": bool(terminated),
                "truncated": bool(truncated)}


    def close(request):
        environment.close()
        return {}


    def answer(request):
        try:
            return {"make": make, "reset": reset, "step": step, "close": close}[request["call"]](request)
        except Unsupported as reason:
            return {"error": str(reason), "kind": "space"}
        except Exception as error:
            # Gymnasium's own errors, such as an id that it does not know, explain themselves.
            if not isinstance(error, gymnasium.error.Error):
                traceback.print_exc()
            lines = traceback.format_exception_only(type(error), error)
            return {"error": " ".join("".join(lines).split()), "kind": "failed"}


    def serve():
        while True:
            request = Unpacker(receive(struct.unpack("<I", receive(4))[0])).value()
            send(answer(request))
            if request["call"] == "close":
                return


    try:
        import numpy, gymnasium
    except ImportError as error:
        # Without numpy `pack` meets no array, and asks for none.
        receive(struct.unpack("<I", receive(4))[0])
        send({"error": str(error), "kind": "missing"})
    else:
        serve()
    """#
}
