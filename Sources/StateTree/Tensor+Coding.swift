public import MessagePack

/// A tensor on disk is the map that msgpack-numpy writes, so that Python reads it back as an array.
/// - Source: msgpack_numpy.py, `encode` and `decode`.
extension MessagePackWriter {
  /// Writes a tensor.
  /// - Throws: `MessagePackError.tooLongToWrite` for 4 GiB and more; split it along its first axis.
  public mutating func write(_ tensor: Tensor) throws(MessagePackError) {
    try writeHead(ofTensor: tensor.dataType, shape: tensor.shape, byteCount: tensor.bytes.count)
    append(bodyPart: tensor.bytes[...])
  }

  /// Writes all of a tensor but its bytes, which the caller appends next.
  /// - Throws: `MessagePackError.tooLongToWrite`.
  public mutating func writeHead(
    ofTensor type: DataType, shape: [Int], byteCount: Int
  ) throws(MessagePackError) {
    try writeMap(count: 5)
    try writeBinary(TensorKey.nd)
    write(true)
    try writeBinary(TensorKey.type)
    try write(type.name)
    try writeBinary(TensorKey.kind)
    try writeBinary([])
    try writeBinary(TensorKey.shape)
    try writeList(count: shape.count)
    for length in shape { write(Int64(length)) }
    try writeBinary(TensorKey.data)
    try writeBinaryHead(count: byteCount)
  }
}
