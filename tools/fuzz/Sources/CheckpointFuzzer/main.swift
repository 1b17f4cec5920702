import Fuzzing

fuzz(CheckpointInput.complaint)
