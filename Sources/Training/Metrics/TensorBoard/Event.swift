internal import StateTree

/// An event of TensorBoard's files.
/// - Source: TensorFlow, `core/util/event.proto`, `core/framework/summary.proto`.
struct Event {
  enum Contents {
    /// The first event of a file.
    case fileVersion
    /// A run begins: readers drop what they know of this step and later ones.
    case sessionStart
    /// Values of a step.
    case summary([(tag: String, value: SummaryValue)])
  }

  /// - Units: seconds since 1970.
  var wallTime: Double
  var step: Int64
  var contents: Contents

  /// The message.
  var bytes: [UInt8] {
    var message = ProtobufMessage()
    message.append(wallTime, field: 1)
    if step != 0 { message.append(step, field: 2) }
    switch contents {
    case .fileVersion: message.append("brain.Event:2".utf8, field: 3)
    case .sessionStart:
      var session = ProtobufMessage()
      session.append(1 as Int64, field: 1)
      message.append(session.bytes, field: 7)
    case .summary(let values):
      var summary = ProtobufMessage()
      for (tag, value) in values { summary.append(value.bytes(tag: tag), field: 1) }
      message.append(summary.bytes, field: 5)
    }
    return message.bytes
  }
}

/// A value of a step.
enum SummaryValue {
  case scalar(Float)
  case image(PNGImage)

  fileprivate func bytes(tag: String) -> [UInt8] {
    var message = ProtobufMessage()
    message.append(tag.utf8, field: 1)
    switch self {
    case .scalar(let number): message.append(number, field: 2)
    case .image(let image):
      var inner = ProtobufMessage()
      inner.append(Int64(image.height), field: 1)
      inner.append(Int64(image.width), field: 2)
      // 1 is grey, 3 is RGB.
      inner.append(Int64(image.colors.rawValue), field: 3)
      inner.append(image.encoded(), field: 4)
      message.append(inner.bytes, field: 4)
    }
    return message.bytes
  }
}

extension SummaryValue {
  /// The names at the top of a result that Tune does not log, since they say nothing of the training.
  /// - Source: ray, `tune/logger/tensorboardx.py`; `config` is left out by `flattened()`.
  private static let needless: Set<String> = ["pid", "timestamp", "time_total_s", "training_iteration"]

  /// The finite numbers and pictures of a result; of a list of pictures each, with its index behind the path.
  static func values(of result: TrainingResult) -> [(tag: String, value: SummaryValue)] {
    result.flattened().filter { !needless.contains($0.path) }.flatMap { values(of: $0.value, tag: $0.path) }
  }

  private static func values(of value: StateValue, tag: String) -> [(tag: String, value: SummaryValue)] {
    switch value {
    case .int, .unsigned, .double:
      guard let number = value.metricNumber.map({ Float($0.value) }), number.isFinite else { return [] }
      return [(tag, .scalar(number))]
    case .tensor(let tensor): return PNGImage(tensor).map { [(tag, .image($0))] } ?? []
    case .array(let values):
      return values.enumerated().flatMap { index, value -> [(tag: String, value: SummaryValue)] in
        guard case .tensor = value else { return [] }
        return Self.values(of: value, tag: "\(tag)/\(index)")
      }
    case .nil, .bool, .string, .bytes, .map: return []
    }
  }
}
