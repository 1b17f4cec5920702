import NeuralNetworks
import StateTree
import Testing

@Suite struct NetworkErrorTests {
  @Test(arguments: [
    (
      NetworkError.invalidSize(layer: 1, inputs: 8, outputs: 0),
      "layer 1 would have 8 inputs and 0 outputs; a layer has at least one of each, and a network at most 2147483647 "
        + "parameters"
    ),
    (
      .invalidSetting("lr", found: "-1.0", expected: "a finite number of at least 0"),
      "the optimizer's lr is -1.0, expected a finite number of at least 0"
    ),
    (
      .tensorMismatch(
        path: "learner/rl_module/af.net.mlp.0.weight", expected: "float32 [2, 256]", found: "float32 [2, 64]"),
      "learner/rl_module/af.net.mlp.0.weight is float32 [2, 64], expected float32 [2, 256]; "
        + "restore into a network of the size that was saved"
    ),
    (
      .notFinite(path: "vf.net.mlp.0.bias", index: 0, value: .nan),
      "vf.net.mlp.0.bias holds nan at 0; training diverged before: take an earlier checkpoint and a lower learning rate"
    ),
    (
      .unequalSteps(path: "optimizer/state/af.bias/step", expected: 3, found: 4),
      "optimizer/state/af.bias/step is 4, expected 3 as before it; one optimizer takes its steps for all parameters at once"
    ),
    (
      .state(.missingKey(path: "learner/num_updates")),
      "learner/num_updates is missing; the state was written by another version or another kind of object"
    ),
  ])
  func `Messages say what, where and what to do`(error: NetworkError, message: String) {
    #expect(error.description == message)
  }
}
