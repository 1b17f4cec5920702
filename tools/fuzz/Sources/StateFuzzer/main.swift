import Fuzzing

fuzz(StateInput.complaint)
