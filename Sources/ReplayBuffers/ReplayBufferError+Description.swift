internal import StateTree

extension ReplayBufferError: CustomStringConvertible {
  /// What was found and expected, where, and what to do, on one line.
  public var description: String {
    switch self {
    case .invalidSchema, .unknownColumn, .missingColumn, .wrongColumnCount, .columnMismatch:
      columnDescription
    case .invalidEpisodes, .wrongStartTime, .differentBoundary, .finishedEpisode, .tooManyOpenEpisodes:
      episodeDescription
    case .invalidFragment, .changedModule, .unknownModule, .knownModule, .invalidModules, .emptyModule, .noCommonStep:
      moduleDescription
    case .emptyBuffer, .noEpisodeLongEnough, .unequalCounts, .invalidPriority, .unknownStep:
      samplingDescription
    case .tooFewTransitions, .tooFewNewest, .fullBuffer:
      queueDescription
    case .wrongKind, .differentCapacity, .differentSchema, .missingSetting, .invalidContents, .brokenInvariant, .state:
      stateDescription
    }
  }

  private var columnDescription: String {
    switch self {
    case .invalidSchema(let reason):
      "these columns make no schema: \(reason)"
    case .unknownColumn(let name, let known):
      "there is no column \"\(name)\"; the columns are \(known.joined(separator: ", "))"
    case .missingColumn(let name, let given):
      "the column \"\(name)\" is missing; given are \(given.joined(separator: ", ")), and every column of the schema is needed"
    case .wrongColumnCount(let expected, let found):
      "\(found) columns are given, expected \(expected); give every column of the schema in its order"
    case .columnMismatch(let name, let expected, let found):
      "the column \"\(name)\" is \(found), expected \(expected); types are not converted and all columns have one length"
    default: ""
    }
  }

  private var episodeDescription: String {
    switch self {
    case .invalidEpisodes(let reason):
      "these episodes make no buffer: \(reason)"
    case .wrongStartTime(let episode, let expected?, let found):
      "the fragment of episode \(episode) begins at time \(found), expected \(expected); add fragments in order and each once"
    case .wrongStartTime(let episode, nil, let found):
      "the fragment of episode \(episode) begins at time \(found), expected 0 to 2^60; time in an episode counts from 0"
    case .differentBoundary(let episode, let time, let stored, let found):
      "the fragment of episode \(episode) begins at time \(time) with the observation \(found), expected \(stored), the last one "
        + "stored; a fragment begins with the observation that the one before ended with"
    case .finishedEpisode(let episode):
      "episode \(episode) has ended and takes no more steps; give the next episode an id of its own"
    case .tooManyOpenEpisodes(let limit):
      "\(limit) episodes are under way, which is the limit; mark those that will not go on as truncated"
    default: ""
    }
  }

  private var moduleDescription: String {
    switch self {
    case .invalidFragment(let episode, let reason):
      "the fragment of episode \(episode) is impossible: \(reason)"
    case .changedModule(let agent, let episode, let expected, let found):
      "agent \(agent) of episode \(episode) has the module \(found), expected \(expected); an agent keeps its module until the "
        + "episode ends"
    case .unknownModule(let module, let known):
      "there is no module \(module); the modules are \(known.joined(separator: ", ")), and addModule declares another"
    case .knownModule(let module):
      "the module \(module) is there already; declare each module once"
    case .invalidModules(let modules):
      "the modules to sample are [\(modules.joined(separator: ", "))]; name at least one, and none twice"
    case .emptyModule(let module):
      "the module \(module) holds no step to sample; add steps of its agents, or sample the other modules"
    case .noCommonStep(let modules):
      "the modules \(modules.joined(separator: ", ")) acted together in no environment step that is held; sample fewer modules, or "
        + "independently"
    default: ""
    }
  }

  private var samplingDescription: String {
    switch self {
    case .emptyBuffer:
      "the buffer holds no step to sample; add steps before sampling"
    case .noEpisodeLongEnough(let needed, let longest):
      "no stored episode has \(needed) steps, the longest has \(longest); add longer episodes first, or ask for a smaller "
        + "minimumLength, a smaller nStep, or shortReturns: .kept"
    case .unequalCounts(let steps, let priorities):
      "\(priorities) priorities are given for \(steps) steps; give one for each step of the sample"
    case .invalidPriority(let step, let priority):
      "the priority of step \(step) is \(priority), expected a finite number; look for a loss that diverged"
    case .unknownStep(let step, let next):
      "step \(step) was never in the buffer, whose next step is \(next); give the step numbers of a sample of this buffer"
    default: ""
    }
  }

  private var queueDescription: String {
    switch self {
    case .tooFewTransitions(let asked, let held):
      "\(asked) transitions are asked for and \(held) wait, each to be returned once; add \(asked - held) more before "
        + "sampling, or ask for at most \(held)"
    case .tooFewNewest(let asked, let needed, let waiting):
      "a batch of \(asked) takes \(needed) transitions that were not returned yet and \(waiting) wait; add "
        + "\(needed - waiting) more before sampling, ask for a smaller batch, or raise the replay ratio"
    case .fullBuffer(let capacity, let held, let added):
      "\(added) transitions do not fit: \(held) of at most \(capacity) wait already; sample before adding, or make the "
        + "buffer with a larger capacity"
    default: ""
    }
  }

  private var stateDescription: String {
    switch self {
    case .wrongKind(let expected, let found):
      "the contents are of the kind \(found), expected \(expected); load them into a buffer of their own kind"
    case .differentCapacity(let saved, let capacity):
      "the contents were saved with a capacity of \(saved) and the buffer has one of \(capacity); allow it to grow or to keep "
        + "the newest, where such a buffer can, or make the buffer with the saved capacity"
    case .differentSchema(let saved, let expected):
      "the saved columns are \(saved), the buffer's are \(expected); say which columns were renamed or may be cast, or make the "
        + "buffer with the saved schema"
    case .missingSetting(let key):
      "the contents do not say \(key), as dumps of RLlib do not; give it in the defaults"
    case .invalidContents(let reason):
      "these contents make no buffer: \(reason); the file is damaged or was written wrongly"
    case .brokenInvariant(let reason):
      "the buffer is inconsistent: \(reason); this is a mistake in rlbuf, please report it"
    case .state(let error):
      error.description
    default: ""
    }
  }
}
