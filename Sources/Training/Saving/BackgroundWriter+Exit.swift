internal import Glibc

extension BackgroundWriter {
  /// Has `exit`, also the one behind `main`, wait for all that was begun, so that the last save of a run is not lost.
  ///
  /// The C library keeps the writer until then; it is small, and there is one for each run.
  /// - Source: on_exit(3)
  func waitAtExit() {
    unsafe on_exit(
      { _, writer in
        guard let writer = unsafe writer else { return }
        unsafe Unmanaged<BackgroundWriter>.fromOpaque(writer).takeUnretainedValue().settleAtEnd()
      }, Unmanaged.passRetained(self).toOpaque())
  }
}
