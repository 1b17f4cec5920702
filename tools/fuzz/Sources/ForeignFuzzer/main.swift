import Fuzzing

fuzz(ForeignInput.complaint)
