public import StateTree

extension ParameterTable {
  /// The tensors of a block by name, each with `prefix` before it.
  /// - Precondition: The block is `parameterCount` numbers.
  public func state(of block: [Float], prefix: String = "") -> StateMap {
    StateMap(entries.map { (StateKey(prefix + $0.name), .tensor(tensor($0, in: block))) })
  }

  /// The block that named tensors make; further names are left alone.
  /// - Throws: `NetworkError.tensorMismatch`, `.notFinite`, `.state` for what is missing or no tensor.
  public func block(from reader: StateReader, prefix: String = "") throws(NetworkError) -> [Float] {
    var block = [Float](repeating: 0, count: parameterCount)
    for entry in entries { try read(entry, as: prefix + entry.name, from: reader, into: &block) }
    return block
  }

  /// The state of an optimizer of a block, under torch's names: for each tensor its `step`, `exp_avg` and
  /// `exp_avg_sq`, and the learning rate as `lr`.
  public func state(of optimizer: Adam) -> StateValue {
    let moments = entries.map { entry -> (StateKey, StateValue) in
      let state: StateValue = [
        "step": .int(Int64(optimizer.stepCount)), "exp_avg": .tensor(tensor(entry, in: optimizer.firstMoments)),
        "exp_avg_sq": .tensor(tensor(entry, in: optimizer.secondMoments)),
      ]
      return (StateKey(entry.name), state)
    }
    return ["lr": .double(optimizer.learningRate), "state": .map(StateMap(moments))]
  }

  /// Puts an optimizer where a saved one stood; decays and epsilon stay as they are.
  /// - Throws: `NetworkError`; the optimizer is then as it was.
  public func restore(_ optimizer: inout Adam, from reader: StateReader) throws(NetworkError) {
    var restored = optimizer
    do {
      restored.learningRate = try reader.double("lr")
      let moments = try reader.reader("state")
      for (index, entry) in entries.enumerated() {
        let saved = try moments.reader(StateKey(entry.name))
        let stepCount = try saved.counter("step")
        if index == 0 { restored.stepCount = stepCount }
        guard stepCount == restored.stepCount else {
          throw NetworkError.unequalSteps(
            path: "\(saved.path / "step")", expected: restored.stepCount, found: stepCount)
        }
        try read(entry, as: "exp_avg", from: saved, into: &restored.firstMoments)
        try read(entry, as: "exp_avg_sq", from: saved, into: &restored.secondMoments)
      }
    } catch let error as StateTreeError {
      throw .state(error)
    } catch let error as NetworkError {
      throw error
    } catch {
      preconditionFailure("no other error is thrown above")
    }
    try restored.checkInvariants()
    optimizer = restored
  }

  /// Checks that all numbers of a block are finite.
  /// - Throws: `NetworkError.notFinite` naming the first that is not.
  public func check(_ block: [Float], prefix: String = "") throws(NetworkError) {
    for entry in entries {
      for index in entry.range where !block[index].isFinite {
        throw .notFinite(path: prefix + entry.name, index: index - entry.range.lowerBound, value: block[index])
      }
    }
  }

  private func tensor(_ entry: Entry, in block: [Float]) -> Tensor {
    let tensor = try? Tensor(Array(block[entry.range]), shape: entry.shape)
    guard let tensor else { preconditionFailure("the shape of an entry is that of its range") }
    return tensor
  }

  private func read(
    _ entry: Entry, as key: String, from reader: StateReader, into block: inout [Float]
  ) throws(NetworkError) {
    let path = "\(reader.path / StateKey(key))"
    do {
      let tensor = try reader.tensor(StateKey(key))
      guard tensor.dataType == .float32, tensor.shape == entry.shape else {
        throw NetworkError.tensorMismatch(path: path, expected: entry.summary, found: tensor.summary)
      }
      let numbers: [Float] = try tensor.scalars()
      if let index = numbers.firstIndex(where: { !$0.isFinite }) {
        throw NetworkError.notFinite(path: path, index: index, value: numbers[index])
      }
      block.replaceSubrange(entry.range, with: numbers)
    } catch let error as StateTreeError {
      throw .state(error)
    } catch let error as NetworkError {
      throw error
    } catch {
      preconditionFailure("no other error is thrown above")
    }
  }
}
