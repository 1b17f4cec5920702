import Fuzzing

fuzz(ContainerInput.complaint)
