/// A checkpoint or dump as retention sees it.
struct RetentionCandidate: Sendable, Equatable {
  /// What is known of its soundness.
  enum Standing: Sendable, Equatable {
    /// Every digest has agreed once.
    case verified
    /// It is complete, and nobody has read it whole yet: it counts until somebody has.
    case unverified
    /// It is not as it was saved.
    case damaged(String)
    /// It is not this run's, or not to be judged.
    case foreign(String)
  }

  /// Its number.
  var iteration: Int
  /// When it was written, in seconds since 1970.
  var seconds: Int64 = 0
  /// What is known of its soundness.
  var standing = Standing.verified
  /// What is in it that is not ours: it counts, and stays.
  var attachment: String?
  /// The value of the metric; nil if it has none.
  var metric: Double?
  /// The steps of each replay buffer.
  var bufferSteps: [String: Int] = [:]
  /// The iteration of a checkpoint that cannot be restored without it.
  var neededBy: Int?
  /// What its names name.
  var files: [StoredFile] = []
  /// The segments that it names.
  var segments: Set<String> = []

  /// Whether it counts, as far as is known.
  var isSound: Bool { standing == .verified || standing == .unverified }
}
