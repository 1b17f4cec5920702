/// A window of elements with absolute positions, in copy-on-write pages: grows at its end, forgets at its start.
///
/// A copy shares all pages; changing an element afterwards copies one page. Pages that hold nothing but the filler are
/// one shared page, so a window may be far longer than what is in it.
struct PagedWindow<Element: Sendable>: Sendable {
  private let shift: Int
  private let blank: [Element]
  private var pages: [[Element]] = []
  /// The number of the first page.
  private var firstPage: Int
  /// The positions that are there.
  private(set) var positions: Range<Int>

  /// An empty window whose next position is `start`, with pages of `1 << shift` elements.
  init(startingAt start: Int = 0, filler: Element, pageShift shift: Int = 12) {
    self.shift = shift
    blank = [Element](repeating: filler, count: 1 << shift)
    firstPage = start >> shift
    positions = start..<start
  }

  /// An element.
  /// - Precondition: `position` is one of the window's.
  subscript(position: Int) -> Element {
    get {
      precondition(positions.contains(position), "position \(position) outside \(positions)")
      return pages[(position >> shift) - firstPage][position & (blank.count - 1)]
    }
    _modify {
      precondition(positions.contains(position), "position \(position) outside \(positions)")
      yield &pages[(position >> shift) - firstPage][position & (blank.count - 1)]
    }
  }

  /// Adds an element at the end.
  mutating func append(_ element: Element) {
    let position = positions.upperBound
    extend(to: position + 1)
    self[position] = element
  }

  /// Lets the window end at `end`, with the filler at every new position.
  mutating func extend(to end: Int) {
    guard end > positions.upperBound else { return }
    let missing = ((end - 1) >> shift) - firstPage + 1 - pages.count
    if missing > 0 { pages.append(contentsOf: repeatElement(blank, count: missing)) }
    positions = positions.lowerBound..<end
  }

  /// Forgets the positions below `start`; their elements go page by page.
  mutating func drop(below start: Int) {
    precondition(start <= positions.upperBound, "positions that are there")
    guard start > positions.lowerBound else { return }
    positions = start..<positions.upperBound
    let dropped = min(pages.count, (start >> shift) - firstPage)
    guard dropped > 0 else { return }
    pages.removeFirst(dropped)
    firstPage += dropped
  }
}

extension PagedWindow<UInt8> {
  /// How often a byte stands at some positions, also forgotten ones on the page of one that is there.
  /// - Precondition: The positions lie on one page, and up to 255 of them.
  func count(of byte: UInt8, in range: Range<Int>) -> Int {
    guard let first = range.first else { return 0 }
    let page = pages[(first >> shift) - firstPage]
    let bytes = page.span
    let start = first & (blank.count - 1)
    // A byte holds the count, so that the loop is one of vectors.
    var count: UInt8 = 0
    for index in start..<start + range.count { count &+= bytes[index] == byte ? 1 : 0 }
    return Int(count)
  }
}
