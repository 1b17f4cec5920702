import Environments
import StateTree
import Testing

@Suite struct ActionMappingTests {
  private static let wide = ([-3000, 0.1], [1, 0.7])

  private static func box(_ bounds: ([Double], [Double]), _ type: DataType = .float32) -> Space {
    .box(dataType: type, shape: [bounds.0.count], low: bounds.0, high: bounds.1)
  }

  /// What `unsquash_action` and `clip_action` of RLlib 2.60.0 give for float32 actions.
  @Test(
    arguments: [
      (box(([-2], [2])), [0.9], [1.7999999523162842], [0.8999999761581421]),
      (box(([-2], [2])), [1.7], [2], [1.7000000476837158]),
      (box(([-2], [2])), [-0.123], [-0.24600005149841309], [-0.12300000339746475]),
      (box(wide), [0.9, -0.3], [-149.050048828125, 0.3099999725818634], [0.8999999761581421, 0.10000000149011612]),
      (box(wide), [1.7, -5], [1, 0.10000000149011612], [1, 0.10000000149011612]),
      (box(wide, .float64), [0.9, -0.3], [-149.0500357747078, 0.30999999642372134], [0.8999999761581421, 0.1]),
      (
        box(wide, .float64), [-0.123, 0.456], [-1684.0615386366844, 0.5367999911308289],
        [-0.12300000339746475, 0.4560000002384186]
      ),
      // One bound is infinite: nothing is stretched, nor clipped then.
      (
        box(([-.infinity, 0.1], [1, 0.7])), [1.7, -5], [1.7000000476837158, -5], [1, 0.10000000149011612]
      ),
    ] as [(Space, [Double], [Double], [Double])])
  func `Actions are stretched and clipped as RLlib does`(
    space: Space, actions: [Double], stretched: [Double], clipped: [Double]
  ) throws {
    let policys = Tensor(vector: actions.map { Float($0) })
    #expect(try space.environmentActions(of: policys, .stretched).doubles() == stretched)
    let found = try space.environmentActions(of: policys, .clipped)
    #expect(found.doubles() == clipped && found.dataType == space.dataType)
    #expect(try space.environmentActions(of: policys, .unchanged) == policys)
    // A batch, each row the same.
    let rows = try Tensor(concatenating: [policys, policys]).reshaped([2, actions.count])
    let batch = try space.environmentActions(of: rows, .stretched)
    #expect(batch.doubles() == stretched + stretched && batch.shape == [2, actions.count])
  }

  @Test func `Integers stay what they are`() throws {
    let actions = Tensor(vector: [Int64(3), 0])
    for mapping in ActionMapping.allCases {
      #expect(try Space.discrete(count: 4).environmentActions(of: actions, mapping) == actions)
    }
  }

  @Test(arguments: [[3], [], [2, 3], [2, 2, 2]])
  func `Actions of another shape are refused`(shape: [Int]) throws {
    let tensor = try Tensor(zeros: .float32, shape: shape)
    let error = EnvironmentError.unfitActions(
      found: tensor.summary, expected: "floating-point numbers of shape [2] or [n] + [2]")
    #expect(throws: error) { try Self.box(Self.wide).environmentActions(of: tensor, .stretched) }
    #expect(throws: EnvironmentError.self) {
      try Self.box(Self.wide).environmentActions(of: Tensor(vector: [Int64(0), 1]), .clipped)
    }
  }

  @Test func `The message says what was found and expected`() {
    #expect(
      "\(EnvironmentError.unfitActions(found: "float32 [3]", expected: "numbers of shape [2]"))"
        == "the policy's actions are float32 [3], expected numbers of shape [2]; "
        + "give a policy that was made for this space")
  }
}
