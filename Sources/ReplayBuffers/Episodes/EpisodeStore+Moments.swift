internal import StateTree

extension EpisodeStore {
  /// A time in the stored part of an episode; any integer, with nothing but zeros outside of what is stored.
  struct Moment {
    let episode: Episode
    let time: Int

    /// Where a sequence has ended and is filled up.
    static func padding(_ episode: Episode) -> Moment { Moment(episode: episode, time: .max) }

    /// The moment some steps earlier; padding stays padding.
    func earlier(by steps: Int) -> Moment {
      time == .max ? self : Moment(episode: episode, time: time - steps)
    }
  }

  /// Where the row of a moment lies; nowhere, which reads as zeros, outside of the episode's rows.
  func address(of moment: Moment) -> RowAddress {
    guard (0..<moment.episode.laneRows).contains(moment.time) else { return .nowhere }
    return lanes[moment.episode.lane].log.address(of: moment.episode.firstRow + moment.time)
  }

  /// The observations at moments, by column.
  /// - Parameter stacking: How many observations, up to and with that of the moment, make one of the result, by column.
  ///   Those before the stored part of the episode are zeros.
  /// - Shape: `[moments] + column shape` each, `[moments, k] + column shape`, oldest first, for a column in `stacking`
  func observations(_ moments: [Moment], stacking: [StateKey: Int]) -> [StateKey: Tensor] {
    var parts: [StateKey: Tensor] = [:]
    for (index, name) in zip(columns.observations, columns.observationNames) {
      guard let count = stacking[name] else {
        parts[name] = observations(moments, column: index)
        continue
      }
      let frames = moments.flatMap { moment in (0..<count).reversed().map { moment.earlier(by: $0) } }
      parts[name] = observations(frames, column: index).reshaped(splitting: count)
    }
    return parts
  }

  /// One column of the observations at moments: from the rows or, at the end of an episode under way, the held one.
  private func observations(_ moments: [Moment], column: Int) -> Tensor {
    var held: [Int: ArraySlice<UInt8>] = [:]
    for (index, moment) in moments.enumerated() where moment.time == moment.episode.length && !moment.episode.isDone {
      guard let observation = lanes[moment.episode.lane].held else { preconditionFailure("an observation is held") }
      held[index] = columns.part(column, of: observation)
    }
    return gather(moments.map(address), column: column).replacing(held)
  }
}

extension EpisodeColumns {
  /// Checks that what is to be stacked are observations.
  /// - Precondition: At least one frame of each is asked for.
  func check(stacking: [StateKey: Int]) throws(ReplayBufferError) {
    for (name, count) in stacking.sorted(by: { $0.key < $1.key }) {
      precondition(count > 0, "a stack of at least one observation, found \(count)")
      guard observationNames.contains(name) else {
        throw .unknownColumn(name.string, known: observationNames.map(\.string))
      }
    }
  }
}

extension Tensor {
  /// The same entries in rows of `count` each.
  /// - Precondition: The first axis is a multiple of `count`.
  func reshaped(splitting count: Int) -> Tensor {
    do {
      return try reshaped([rowCount / count, count] + shape.dropFirst())
    } catch {
      preconditionFailure("\(error)")
    }
  }
}
