public import MessagePack
public import ReplayBuffers

extension RLlibDump {
  /// The dump that RLlib would load again, from the contents of a file that was converted from one.
  ///
  /// Converting a dump and making it again gives the same bytes.
  /// - Throws: `StateTreeError.missingKey` for contents that did not come from RLlib, or what is wrong with them.
  public static func value(of contents: some BufferContents) throws -> MessagePackValue {
    try DumpWriting(contents).value()
  }
}
